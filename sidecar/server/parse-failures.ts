// What Node's parser refuses by itself, answered by hand: there is no request object for it.
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ExchangeRegister } from './exchange.ts'
import { refusedRequestIds } from './request-id-header.ts'
import { jsonBytes } from './send-bytes.ts'
import type { ErrorShape } from './surfaces.ts'

export interface ParseFailureParts {
  readonly register: ExchangeRegister
  readonly shape: ErrorShape
  newRequestId(): string
  onRefused(refusal: ParseRefusal, requestId: string): void
}

export interface ParseRefusal {
  readonly status: number
  readonly code: string
  readonly message: string
}

/** The same on every protocol. */
export const overdue: ParseRefusal = {
  status: 408,
  code: 'request_timeout',
  message: 'the request was not complete in time',
}

/** Answers and closes. A response that has begun on this connection is cut off instead: a second head would lie in it. */
export function answerParseFailure(error: Error, socket: Socket, parts: ParseFailureParts): void {
  const refusal = refusalOf(error)
  const underWay = parts.register.on(socket)
  const hasBegun = underWay.length > 1 || underWay.some(({ response }) => response.headersSent)
  if (refusal === undefined || hasBegun || !socket.writable || socket.bytesRead === 0) {
    socket.destroy()
    return
  }
  const [exchange] = underWay
  const requestId = exchange?.id ?? parts.newRequestId()
  // A request that was being read tells its own end; without one it is told here.
  if (exchange === undefined) parts.onRefused(refusal, requestId)
  // Who breaks off has most likely gone; the answer is for those who only stopped sending.
  else if (codeOf(error) !== 'HPE_INVALID_EOF_STATE') exchange.refusal = refusal
  socket.write(rawAnswer(refusal, parts.shape, requestId))
  socket.destroySoon()
}

const notAProxy: ParseRefusal = {
  status: 405,
  code: 'method_not_allowed',
  message: 'this is no proxy: give its address as the base URL of the SDK, not as HTTPS_PROXY',
}

/** CONNECT: Node hands the bare connection over. */
export function refuseTunnel(socket: Duplex, parts: ParseFailureParts): void {
  const requestId = parts.newRequestId()
  parts.onRefused(notAProxy, requestId)
  // Whoever resets the connection has lost nothing but this answer.
  socket.on('error', () => undefined)
  socket.end(rawAnswer(notAProxy, parts.shape, requestId), () => socket.destroy())
}

function refusalOf(error: Error): ParseRefusal | undefined {
  const code = codeOf(error)
  if (code === 'HPE_HEADER_OVERFLOW') {
    return { status: 431, code: 'head_too_large', message: 'the request head is too large' }
  }
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') {
    return { status: 413, code: 'body_too_large', message: 'the chunk extensions are too large' }
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return overdue
  }
  if (code.startsWith('HPE_'))
    return { status: 400, code: 'bad_request', message: 'the request is not valid HTTP/1.1' }
  return undefined
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function rawAnswer(refusal: ParseRefusal, shape: ErrorShape, requestId: string): Buffer {
  const body = jsonBytes(shape.encodeError({ ...refusal, requestId }))
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? 'Error'}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    ...Object.entries(refusedRequestIds(shape, requestId)).map(([name, value]) => `${name}: ${value}`),
    'connection: close',
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body])
}
