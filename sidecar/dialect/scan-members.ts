// Finds the byte ranges of the top-level members of a JSON object, and how deep it nests, without building anything.
// Long strings are jumped with the native search, so that a prompt of a megabyte costs next to nothing. The scan trusts the
// syntax: what it says about text that is not JSON means nothing, and JSON.parse refuses such text afterwards.

/** Byte offsets into the body; `nameStart` is the opening quote of the name. */
export interface MemberRange {
  readonly nameStart: number
  readonly nameEnd: number
  readonly valueStart: number
  readonly valueEnd: number
}

/** Byte offsets of a string value, quotes included. */
export interface StringRange {
  readonly start: number
  readonly end: number
}

/** From this many bytes on a string value is listed as long. */
export const longStringBytes = 64 * 1024

export type Scan =
  | {
      readonly kind: 'scanned'
      readonly members: readonly MemberRange[]
      /** Long string values at any depth, in their order. */
      readonly longStrings: readonly StringRange[]
      /** Just after the opening brace. */
      readonly bodyStart: number
    }
  | { readonly kind: 'tooDeep'; readonly offset: number }

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const colon = 0x3a
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

export function scanMembers(bytes: Buffer, maxDepth: number): Scan {
  const members: MemberRange[] = []
  const longStrings: StringRange[] = []
  let depth = 0
  let bodyStart = 0
  let nameStart = -1
  let nameEnd = -1
  let valueFrom = -1
  for (let at = 0; at < bytes.length; at += 1) {
    switch (bytes[at]) {
      case quote: {
        const end = endOfString(bytes, at)
        if (end - at >= longStringBytes && !isName(bytes, end)) longStrings.push({ start: at, end })
        if (depth === 1 && valueFrom < 0) {
          nameStart = at
          nameEnd = end
        }
        at = end - 1
        break
      }
      case openBrace:
      case openBracket:
        depth += 1
        if (depth > maxDepth) return { kind: 'tooDeep', offset: at }
        if (depth === 1) bodyStart = at + 1
        break
      case colon:
        if (depth === 1) valueFrom = at + 1
        break
      case comma:
      case closeBrace:
      case closeBracket:
        if (depth === 1 && valueFrom >= 0) {
          members.push(trimmed(bytes, { nameStart, nameEnd, valueStart: valueFrom, valueEnd: at }))
          valueFrom = -1
        }
        if (bytes[at] !== comma) depth -= 1
        break
    }
  }
  return { kind: 'scanned', members, longStrings, bodyStart }
}

/** Bytes looked at one by one before the native search is worth its call. */
const shortString = 32

/** The offset after the closing quote of the string that opens at `start`; the end of the bytes when it never closes. */
function endOfString(bytes: Buffer, start: number): number {
  let at = start + 1
  for (;;) {
    const near = Math.min(bytes.length, at + shortString)
    for (; at < near; at += 1) {
      const byte = bytes[at]
      if (byte === quote) return at + 1
      if (byte === backslash) at += 1
    }
    if (at >= bytes.length) return bytes.length
    const found = bytes.indexOf(quote, at)
    if (found < 0) return bytes.length
    if (!isEscaped(bytes, at, found)) return found + 1
    at = found + 1
  }
}

/** An odd run of backslashes before the quote escapes it. `from` is never inside an escape. */
function isEscaped(bytes: Buffer, from: number, quoteAt: number): boolean {
  let first = quoteAt
  while (first > from && bytes[first - 1] === backslash) first -= 1
  return (quoteAt - first) % 2 === 1
}

/** A colon follows. */
function isName(bytes: Buffer, end: number): boolean {
  let at = end
  while (isSpace(bytes[at])) at += 1
  return bytes[at] === colon
}

function trimmed(bytes: Buffer, range: MemberRange): MemberRange {
  let { valueStart, valueEnd } = range
  while (valueStart < valueEnd && isSpace(bytes[valueStart])) valueStart += 1
  while (valueEnd > valueStart && isSpace(bytes[valueEnd - 1])) valueEnd -= 1
  return { ...range, valueStart, valueEnd }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
