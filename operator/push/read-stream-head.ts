// The head of a request for a stream, read by ourselves: nothing else is served here, and an HTTP parser with its request and
// response objects would cost more memory than the stream itself.
import { controlPaths } from '../../crds/snapshot/control-frames.ts'
import type { Refusal } from './refusal.ts'

export type StreamHead =
  | { readonly kind: 'incomplete' }
  /** Something else is asked, or not as it should be. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** `length`: bytes of the head; what follows is the body. */
  | { readonly kind: 'complete'; readonly headers: StreamHeaders; readonly length: number }

/** By name in lower case. */
export type StreamHeaders = Readonly<Record<string, string | undefined>>

const endOfHead = Buffer.from('\r\n\r\n')
const requestLine = /^([A-Z]{1,16}) ([\x21-\x7e]+) HTTP\/1\.1$/
const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/
const mostHeaders = 64

/** Pure. `bytes` are all that have come. */
export function readStreamHead(bytes: Buffer, longest: number): StreamHead {
  const end = bytes.indexOf(endOfHead)
  if (end < 0 && bytes.length <= longest) return { kind: 'incomplete' }
  if (end < 0 || end > longest) return refused(431, 'requestMalformed')
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const [, method, path] = requestLine.exec(first) ?? []
  const headers = readHeaders(lines)
  if (method === undefined || headers === undefined) return refused(400, 'requestMalformed')
  // Whole paths only; a query is of no use to us, so it makes a path an unknown one.
  if (path !== controlPaths.stream) return refused(404, 'unknownPath')
  if (method !== 'POST') return refused(405, 'wrongMethod')
  if (headers['transfer-encoding']?.toLowerCase() !== 'chunked') return refused(411, 'bodyNotChunked')
  return { kind: 'complete', headers, length: end + endOfHead.length }
}

function refused(status: number, reason: Refusal['reason']): StreamHead {
  return { kind: 'refused', refusal: { status, reason } }
}

/** A part of a string keeps the whole alive: a digest that a stream remembers would keep the head with the token in it. */
function ownCopy(part: string): string {
  return Buffer.from(part, 'latin1').toString('latin1')
}

/** Undefined for anything that two readers might understand differently. */
function readHeaders(lines: readonly string[]): StreamHeaders | undefined {
  if (lines.length > mostHeaders) return undefined
  const headers = new Map<string, string>()
  for (const line of lines) {
    const [, name, value] = headerLine.exec(line) ?? []
    if (name === undefined || value === undefined) return undefined
    const key = name.toLowerCase()
    if (headers.has(key)) return undefined
    headers.set(key, ownCopy(value.trimEnd()))
  }
  const hasTwoLengths = headers.has('content-length') && headers.has('transfer-encoding')
  return headers.has('host') && !hasTwoLengths ? Object.fromEntries(headers) : undefined
}
