// Which headers a resource may set or read. Credentials have a place of their own, framing belongs to the HTTP client.
import { text } from './field.ts'

export const headerNamePattern = "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$"

/** Written by the HTTP client or by the dialect, or valid for one connection only. */
export const ownedHeaders: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
])

export const credentialHeaders: ReadonlySet<string> = new Set([
  'cookie',
  'cookie2',
  'set-cookie',
  'x-goog-iam-authorization-token',
])
/** Found anywhere in a lower-case name. */
export const credentialWord =
  /(^|[-_])(authorization|authentication|auth|credentials?|passwords?|secrets?|token)([-_]|$)|api[-_]?key|access[-_]?key|private[-_]?key/

/** Headers that carry a key under whatever name. */
export function isCredentialHeader(name: string): boolean {
  const lower = name.toLowerCase()
  return credentialHeaders.has(lower) || credentialWord.test(lower)
}

/** Why a provider may not send this header; undefined when it may. */
export function explainProviderHeader(name: string): string | undefined {
  const lower = name.toLowerCase()
  if (isCredentialHeader(lower)) return 'credentials go into spec.credentials, not into a header'
  if (ownedHeaders.has(lower)) return 'this header is written by the sidecar itself'
  return lower.startsWith('x-llm-fallback') ? 'x-llm-fallback headers are for callers only' : undefined
}

export function headerName(description: string) {
  return text({
    description,
    pattern: headerNamePattern,
    expected: 'a header name has letters, digits and hyphens',
    maxLength: 128,
    isPublic: true,
  })
}

/** Printable, without line breaks; never repeated in messages. */
export function headerValue(description: string) {
  return text({
    description,
    pattern: '^[\\x20-\\x7e]*$',
    expected: 'a header value is one line of printable ASCII',
    maxLength: 4096,
    isPublic: false,
  })
}
