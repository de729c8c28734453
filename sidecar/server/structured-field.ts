// Structured field values of RFC 9651, as far as our own response headers need them.

const token = /^[A-Za-z*][A-Za-z0-9!#$%&'*+\-.^_`|~:/]*$/

/** A token where the text can be one, else a quoted string. */
export function tokenOrString(text: string): string {
  return token.test(text) ? text : quotedString(text)
}

const needsCare = /[^\x20-\x7e]|[\\"]/

/** A string item. Characters that a string cannot hold (controls, anything beyond ASCII) are left out. */
export function quotedString(text: string): string {
  return needsCare.test(text) ? `"${printableAscii(text).replace(/[\\"]/g, '\\$&')}"` : `"${text}"`
}

const beyondPrintable = /[^\x20-\x7e]/

/** Only what may stand in any header value. */
export function printableAscii(text: string): string {
  return beyondPrintable.test(text) ? text.replace(/[^\x20-\x7e]/g, '') : text
}

/** An integer item within the range of the RFC. */
export function integer(value: number): string {
  if (!Number.isFinite(value)) return '0'
  return String(Math.max(-999_999_999_999_999, Math.min(999_999_999_999_999, Math.round(value))))
}
