// The head of a request for a stream, read by ourselves: a connection that asks for nothing but a stream then needs no HTTP
// parser, which would cost more memory than the stream itself. Every other request goes to Node's own server.
import { controlPaths } from '../../crds/snapshot/control-frames.ts'

export type StreamHead =
  /** Not complete, and a request for a stream so far. */
  | { readonly kind: 'incomplete' }
  /** Something else is asked. */
  | { readonly kind: 'foreign' }
  /** A request for a stream that is not as it should be. */
  | { readonly kind: 'malformed' }
  | { readonly kind: 'tooLong' }
  | { readonly kind: 'complete'; readonly headers: StreamHeaders }

/** By name in lower case. */
export type StreamHeaders = Readonly<Record<string, string | undefined>>

const requestLine = Buffer.from(`GET ${controlPaths.stream} HTTP/1.1\r\n`)
const endOfHead = Buffer.from('\r\n\r\n')
const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/
const mostHeaders = 64

/** Pure. `bytes` are all that have come. */
export function readStreamHead(bytes: Buffer, longest: number): StreamHead {
  const compared = Math.min(bytes.length, requestLine.length)
  if (!bytes.subarray(0, compared).equals(requestLine.subarray(0, compared))) return { kind: 'foreign' }
  const end = bytes.indexOf(endOfHead)
  if (end < 0) return { kind: bytes.length > longest ? 'tooLong' : 'incomplete' }
  if (end > longest) return { kind: 'tooLong' }
  // Nothing may follow: there is no body, and no second request on this connection.
  if (end + endOfHead.length !== bytes.length) return { kind: 'malformed' }
  const headers = readHeaders(bytes.toString('latin1', requestLine.length, end))
  return headers === undefined ? { kind: 'malformed' } : { kind: 'complete', headers }
}

/** Undefined for anything that two readers might understand differently. */
function readHeaders(text: string): StreamHeaders | undefined {
  const lines = text === '' ? [] : text.split('\r\n')
  if (lines.length > mostHeaders) return undefined
  const headers = new Map<string, string>()
  for (const line of lines) {
    const [, name, value] = headerLine.exec(line) ?? []
    if (name === undefined || value === undefined) return undefined
    const key = name.toLowerCase()
    if (headers.has(key) || forbidden.has(key)) return undefined
    headers.set(key, value.trimEnd())
  }
  return headers.has('host') ? Object.fromEntries(headers) : undefined
}

/** They announce a body, or want to change what is spoken. */
const forbidden: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'upgrade', 'expect'])
