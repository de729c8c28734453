// What Node's parsers let through and we do not. Every rule looks at the head alone and answers before any routing.
import type { Socket } from 'node:net'
import type { InboundRequest } from './inbound.ts'
import { findSurface } from './surfaces.ts'

/** Why a request is not let in. The connection is closed after it: its framing or its sender cannot be trusted. */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
}

type FrontDoorRule = (request: InboundRequest) => Refusal | undefined

export type Admission =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** It came on a connection that a refusal is closing: what it is cannot be told. */
  | { readonly kind: 'ignored' }

export class FrontDoor {
  readonly #rules: readonly FrontDoorRule[]
  /** Node hands over what was sent behind a refused request before it closes the connection. */
  readonly #closing = new WeakSet<Socket>()

  constructor(limits: { readonly maxHeaders: number }) {
    this.#rules = frontDoorRules(limits)
  }

  admit(request: InboundRequest): Admission {
    if (this.#closing.has(request.socket)) return { kind: 'ignored' }
    for (const rule of this.#rules) {
      const refusal = rule(request)
      if (refusal === undefined) continue
      this.#closing.add(request.socket)
      return { kind: 'refused', refusal }
    }
    return admitted
  }
}

const admitted: Admission = { kind: 'admitted' }

function frontDoorRules(limits: { readonly maxHeaders: number }): readonly FrontDoorRule[] {
  return [
    speaksItsVersion,
    headersAreFew(limits.maxHeaders),
    namesExactlyOneHost,
    asksInOriginForm,
    pathHasOneSpelling,
    isFramedPlainly,
    bringsNoBodyWithRead,
    bodyIsNotCompressed,
    expectsWhatWeKnow,
    comesFromNoForeignPage,
  ]
}

/** The parser of HTTP/1.1 takes any version in a request line. */
const speaksItsVersion: FrontDoorRule = request =>
  request.httpVersion === (request.stream === undefined ? '1.1' : '2.0')
    ? undefined
    : badRequest('only HTTP/1.1 and HTTP/2 are spoken here')

function headersAreFew(maxHeaders: number): FrontDoorRule {
  return request =>
    request.rawHeaders.length <= maxHeaders * 2
      ? undefined
      : { status: 431, code: 'too_many_headers', message: `more than ${maxHeaders} header lines` }
}

const hostPattern = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i

const namesExactlyOneHost: FrontDoorRule = request => {
  const { rawHeaders } = request
  let hosts = 0
  let host: string | undefined
  let authority: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]
    if (name === ':authority') authority = rawHeaders[index + 1]
    else if (name !== undefined && name.length === 4 && name.toLowerCase() === 'host') {
      hosts += 1
      host = rawHeaders[index + 1]
    }
  }
  // HTTP/2 names it in `:authority`. A Host header beside it must say the same.
  if (authority !== undefined && hosts === 0) host = authority
  else if (hosts !== 1 || (authority !== undefined && authority !== host)) {
    return badRequest('exactly one Host header is needed')
  }
  // Any name will do: pods reach us by address, by localhost or, through host aliases, by a vendor's own name.
  return hostPattern.test(host ?? '') ? undefined : badRequest('the Host header is malformed')
}

const asksInOriginForm: FrontDoorRule = request => {
  const target = request.url ?? ''
  if (!target.startsWith('/')) return badRequest('the request target must be a path')
  return target.includes('#') ? badRequest('the request target has a fragment') : undefined
}

const plainPath = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/]*$/
const percentEncoded = /%(?:[0-9a-f]{2})/gi
/** Control characters, dot, slash, backslash and DEL: encoded, they make one path look like another. */
const ambiguousEncoding = /%(?:[01][0-9a-f]|2e|2f|5c|7f)/i
const dotSegment = /\/\.{1,2}(?:\/|$)/

const pathHasOneSpelling: FrontDoorRule = request => {
  const path = pathOf(request.url ?? '')
  if (path.includes('/.') && dotSegment.test(path)) return badRequest('the path has a dot segment')
  if (plainPath.test(path)) return undefined
  if (ambiguousEncoding.test(namesModel(path) ? path.replace(encodedSlash, '') : path)) {
    return badRequest('the path has an encoded dot, slash, backslash or control character')
  }
  if (plainPath.test(path.replace(percentEncoded, ''))) return undefined
  return badRequest('the path has an illegal character')
}

/** Names and ARNs of models hold slashes. Encoded they are part of the name: the way is looked up before anything is decoded. */
function namesModel(path: string): boolean {
  return findSurface(path)?.model !== undefined
}

const encodedSlash = /%2f/gi

const isFramedPlainly: FrontDoorRule = request => {
  const coding = request.headers['transfer-encoding']
  // Compared letter by letter: a front that reads "gzip, chunked" or "Chunked" otherwise than we do is how smuggling begins.
  if (coding !== undefined && coding !== 'chunked')
    return badRequest('the only transfer coding taken is chunked')
  return undefined
}

const bringsNoBodyWithRead: FrontDoorRule = request => {
  if (request.method === 'POST' || !hasBody(request)) return undefined
  return badRequest('only POST takes a body')
}

const bodyIsNotCompressed: FrontDoorRule = request => {
  const coding = request.headers['content-encoding']
  if (coding === undefined || coding.toLowerCase() === 'identity') return undefined
  return {
    status: 415,
    code: 'unsupported_content_encoding',
    message: 'the request body must not be compressed',
  }
}

const expectsWhatWeKnow: FrontDoorRule = request => {
  const { expect } = request.headers
  if (expect === undefined || expect.toLowerCase() === '100-continue') return undefined
  return { status: 417, code: 'expectation_failed', message: 'the only expectation met is 100-continue' }
}

const ownOrigin = /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i

/** Only browsers send Origin. A page from elsewhere must not spend this pod's tokens, by name rebinding or otherwise. */
const comesFromNoForeignPage: FrontDoorRule = request => {
  const { origin } = request.headers
  if (origin === undefined || ownOrigin.test(origin)) return undefined
  return { status: 403, code: 'origin_not_allowed', message: 'pages of other origins are not served' }
}

/** A body is announced: by length or by chunks, in HTTP/2 by what follows the headers. */
export function hasBody(request: InboundRequest): boolean {
  if (request.stream !== undefined) return !request.stream.endAfterHeaders
  if (request.headers['transfer-encoding'] !== undefined) return true
  const length = request.headers['content-length']
  return length !== undefined && Number(length) !== 0
}

/** The target without its query. */
export function pathOf(target: string): string {
  const query = target.indexOf('?')
  return query === -1 ? target : target.slice(0, query)
}

function badRequest(message: string): Refusal {
  return { status: 400, code: 'bad_request', message }
}
