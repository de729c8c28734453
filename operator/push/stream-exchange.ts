// One request for a stream: its headers, the ways to answer it, and what comes up in its body.
import type { Writable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { StreamHeaders } from './read-stream-head.ts'
import { type Refusal, refusalAnswer } from './refusal.ts'
import { type ReportListener, StreamReports } from './stream-reports.ts'

export interface StreamExchange {
  readonly headers: StreamHeaders
  /** What is written goes to the sidecar, once `accept` has been called. */
  readonly writable: Writable
  /** Whether nobody waits for an answer any more. */
  hungUp(): boolean
  accept(): void
  refuse(refusal: Refusal): void
  /** Whoever reports before somebody listens is cut. */
  hear(listener: ReportListener): void
}

const acceptedHeaders = { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' } as const

/** The socket is this stream's alone: its end is the end of the answer. @param body what has come after the head. */
export function socketExchange(socket: TLSSocket, headers: StreamHeaders, body: Buffer): StreamExchange {
  const cut = () => void socket.destroy()
  const reports = new StreamReports({ line: cut, broken: cut, ended: cut })
  socket.on('data', bytes => reports.push(bytes))
  socket.once('end', destroyThis)
  reports.push(body)
  return {
    headers,
    writable: socket,
    hungUp: () => socket.destroyed,
    accept() {
      socket.once('finish', destroyThis)
      socket.write(headOf(200, acceptedHeaders))
    },
    refuse: refusal => answerAndClose(socket, refusal),
    hear: listener => reports.hear(listener),
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
