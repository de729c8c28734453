// The first look at a new connection: its head is read here, and it is a stream or it is answered and closed.
import type { TLSSocket } from 'node:tls'
import type { Clock } from '../reconcile/ports.ts'
import { readStreamHead } from './read-stream-head.ts'
import type { Refusal } from './refusal.ts'
import { answerAndClose, destroyThis, type StreamExchange, socketExchange } from './stream-exchange.ts'

export interface ConnectionParts {
  readonly clock: Clock
  readonly maxHeadBytes: number
  /** For the whole head. */
  readonly requestTimeoutMs: number
  /** It has said what it wants, whatever that is. */
  readonly onHead: (socket: TLSSocket) => void
  readonly onStream: (exchange: StreamExchange) => void
  readonly onRefused: (refusal: Refusal) => void
}

/** A connection whose head is not complete. */
interface Reading {
  bytes: Buffer
  readonly cutAt: number
  readonly onData: (chunk: Buffer) => void
  readonly onClose: () => void
}

export class ConnectionTaker {
  readonly #parts: ConnectionParts
  readonly #reading = new Map<TLSSocket, Reading>()

  constructor(parts: ConnectionParts) {
    this.#parts = parts
  }

  take(socket: TLSSocket): void {
    const reading: Reading = {
      bytes: Buffer.alloc(0),
      cutAt: this.#parts.clock.now() + this.#parts.requestTimeoutMs,
      onData: chunk => this.#read(socket, chunk),
      onClose: () => this.#reading.delete(socket),
    }
    this.#reading.set(socket, reading)
    socket.on('error', destroyThis)
    socket.once('close', reading.onClose)
    socket.on('data', reading.onData)
  }

  /** To be called about every second. */
  look(): void {
    const now = this.#parts.clock.now()
    for (const [socket, { cutAt }] of this.#reading) if (cutAt <= now) socket.destroy()
  }

  cutAll(): void {
    for (const socket of this.#reading.keys()) socket.destroy()
  }

  #read(socket: TLSSocket, chunk: Buffer): void {
    const reading = this.#reading.get(socket)
    if (reading === undefined) return
    reading.bytes = reading.bytes.length === 0 ? chunk : Buffer.concat([reading.bytes, chunk])
    const head = readStreamHead(reading.bytes, this.#parts.maxHeadBytes)
    if (head.kind === 'incomplete') return
    // A stream lives for long: nothing of this reading, the token above all, stays with its socket.
    this.#reading.delete(socket)
    this.#parts.onHead(socket)
    socket.off('data', reading.onData)
    socket.off('close', reading.onClose)
    if (head.kind === 'complete') {
      const body = reading.bytes.subarray(head.length)
      return this.#parts.onStream(socketExchange(socket, head.headers, body))
    }
    this.#parts.onRefused(head.refusal)
    // Whatever else it sends is not looked at.
    socket.resume()
    answerAndClose(socket, head.refusal)
  }
}
