// One request for a stream, however its connection came to us: its headers, and the ways to answer it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Writable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { StreamHeaders } from './read-stream-head.ts'
import { type Refusal, refusalAnswer, writeRefusal } from './refusal.ts'

export interface StreamExchange {
  readonly headers: StreamHeaders
  /** What is written goes to the sidecar, once `accept` has been called. */
  readonly writable: Writable
  /** Whether nobody waits for an answer any more. */
  hungUp(): boolean
  accept(): void
  refuse(refusal: Refusal): void
}

const acceptedHeaders = { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' } as const

/** On a connection that carried other requests before. */
export function requestExchange(request: IncomingMessage, response: ServerResponse): StreamExchange {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const)
  return {
    headers: Object.fromEntries(headers),
    writable: response,
    hungUp: () => response.destroyed || request.socket.destroyed,
    accept() {
      // It lives for long: it need not keep its head, with the token in it.
      request.headers = {}
      request.rawHeaders = []
      response.writeHead(200, { ...acceptedHeaders, connection: 'close' })
    },
    refuse: refusal => writeRefusal(response, refusal),
  }
}

/** On a connection that is for this stream alone; its end is the end of the answer. */
export function socketExchange(socket: TLSSocket, headers: StreamHeaders): StreamExchange {
  return {
    headers,
    writable: socket,
    hungUp: () => socket.destroyed,
    accept() {
      socket.once('finish', destroyThis)
      socket.write(headOf(200, acceptedHeaders))
    },
    refuse: refusal => answerAndClose(socket, refusal),
  }
}

export function answerAndClose(socket: TLSSocket, refusal: Refusal): void {
  if (socket.destroyed) return
  const { status, headers, body } = refusalAnswer(refusal)
  socket.write(Buffer.concat([headOf(status, headers), body]))
  // Not waiting for the other end: it may never close.
  socket.destroySoon()
}

/** One function for all sockets. */
export function destroyThis(this: TLSSocket): void {
  this.destroy()
}

function headOf(status: number, headers: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  // The reason phrase may be empty; nobody reads it.
  return Buffer.from(`HTTP/1.1 ${status} \r\n${lines.join('')}connection: close\r\n\r\n`)
}
