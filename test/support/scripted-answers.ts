// What a scripted provider can do with a request, honest or not. Each of these makes one handler.
import type { Socket } from 'node:net'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { ReceivedRequest } from './received-request.ts'

export interface Exchange {
  readonly socket: Socket
  readonly request: ReceivedRequest
  /** Aborts when the provider closes or the connection has gone: no wait outlives it. */
  readonly signal: AbortSignal
}

/** Answers one request. */
export interface RequestHandler {
  readonly runsWhen: 'headRead' | 'requestRead'
  answer(exchange: Exchange): Promise<void> | void
}

export interface WholeAnswer {
  readonly status?: number
  /** Header values; a list sends the header several times. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** At most one of these three is the body. */
  readonly json?: unknown
  readonly text?: string
  readonly bytes?: Buffer
}

/** A whole answer with its length announced; the connection stays open for the next request. */
export function respond(answer: WholeAnswer): RequestHandler {
  const body = bodyOf(answer)
  const contentType = answer.json === undefined ? 'text/plain; charset=utf-8' : 'application/json'
  const headers = { 'content-type': contentType, ...answer.headers, 'content-length': String(body.length) }
  const bytes = Buffer.concat([Buffer.from(head(answer.status ?? 200, headers), 'latin1'), body])
  return handler(({ socket }) => void socket.write(bytes))
}

/**
 * One step of a streamed body: a chunk exactly as it is, a wait, or how it goes on. `end` closes the body as it should be
 * closed, `reset` breaks the connection, `hang` keeps it open and says nothing more. Without any of these it ends.
 */
export type StreamStep =
  | string
  | Buffer
  | { readonly waitMs: number }
  | { readonly waitFor: Promise<unknown> }
  | 'reset'
  | 'end'
  | 'hang'

export interface StreamShape {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
}

/** A chunked answer: each string or buffer is one chunk and one write. */
export function stream(
  steps: readonly StreamStep[],
  { status = 200, headers }: StreamShape = {},
): RequestHandler {
  return handler(async exchange => {
    const { socket } = exchange
    const opening = { 'content-type': 'text/event-stream', ...headers, 'transfer-encoding': 'chunked' }
    await write(socket, Buffer.from(head(status, opening), 'latin1'))
    for (const step of steps) {
      if (exchange.signal.aborted || step === 'hang') return
      if (step === 'reset') return void socket.resetAndDestroy()
      if (step === 'end') break
      await take(step, exchange)
    }
    if (!exchange.signal.aborted) await write(socket, Buffer.from('0\r\n\r\n'))
  })
}

/** Takes the request and never answers; the connection stays open. */
export function silence(): RequestHandler {
  return handler(() => undefined)
}

/** Reads the request and resets the connection. */
export function resetBeforeResponse(): RequestHandler {
  return handler(({ socket }) => void socket.resetAndDestroy())
}

/** These very bytes, head included. The connection stays open. */
export function raw(bytes: string | Buffer): RequestHandler {
  return handler(({ socket }) => write(socket, toBytes(bytes)))
}

/** These very bytes, and then a clean close of the connection. */
export function rawThenClose(bytes: string | Buffer): RequestHandler {
  return handler(({ socket }) => void socket.end(bytes))
}

/** These very bytes, and then a reset of the connection. */
export function rawThenReset(bytes: string | Buffer): RequestHandler {
  return handler(async ({ socket }) => {
    await write(socket, toBytes(bytes))
    socket.resetAndDestroy()
  })
}

/** These very bytes, head included, one byte for each write. */
export function dribble(bytes: string | Buffer): RequestHandler {
  return handler(async ({ socket, signal }) => {
    for (const byte of toBytes(bytes)) {
      if (signal.aborted) return
      await write(socket, Buffer.of(byte))
    }
  })
}

export function custom(
  answer: (socket: Socket, request: ReceivedRequest, signal: AbortSignal) => Promise<void> | void,
): RequestHandler {
  return handler(({ socket, request, signal }) => answer(socket, request, signal))
}

/** The same, but as soon as the head has come: before, while or without the body being read. */
export function early({ answer }: RequestHandler): RequestHandler {
  return { runsWhen: 'headRead', answer }
}

/** Status line and headers, blank line included. */
export function head(status: number, headers: Readonly<Record<string, string | readonly string[]>>): string {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).map(one => `${name}: ${one}\r\n`),
  )
  return `HTTP/1.1 ${status} Scripted\r\n${lines.join('')}\r\n`
}

function handler(answer: RequestHandler['answer']): RequestHandler {
  return { runsWhen: 'requestRead', answer }
}

function bodyOf({ json, text, bytes }: WholeAnswer): Buffer {
  if (bytes !== undefined) return bytes
  return Buffer.from(json === undefined ? (text ?? '') : JSON.stringify(json))
}

async function take(step: Exclude<StreamStep, 'reset' | 'end' | 'hang'>, exchange: Exchange): Promise<void> {
  if (typeof step === 'string' || Buffer.isBuffer(step)) return write(exchange.socket, chunkOf(toBytes(step)))
  const { signal } = exchange
  const isOver = new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
  if ('waitFor' in step) await Promise.race([step.waitFor, isOver])
  else await sleep(step.waitMs, undefined, { signal }).catch(() => undefined)
}

function chunkOf(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
}

function toBytes(bytes: string | Buffer): Buffer {
  return typeof bytes === 'string' ? Buffer.from(bytes) : bytes
}

/** Resolves once the kernel has the bytes and the other side had a turn to read them apart from the next ones. */
async function write(socket: Socket, bytes: Buffer): Promise<void> {
  if (!socket.writable) return
  await new Promise<void>(resolve => socket.write(bytes, () => resolve()))
  await nextTurn()
}
