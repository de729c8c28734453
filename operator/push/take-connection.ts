// The first look at a new connection: one that asks for a stream is kept from Node's HTTP server, all others are handed on.
import type { TLSSocket } from 'node:tls'
import { assertNever } from '../../crds/vocabulary.ts'
import type { Clock } from '../reconcile/ports.ts'
import { readStreamHead, type StreamHead, type StreamHeaders } from './read-stream-head.ts'
import type { Refusal } from './refusal.ts'
import { answerAndClose, destroyThis } from './stream-exchange.ts'

export interface ConnectionParts {
  readonly clock: Clock
  readonly maxHeadBytes: number
  /** For the whole head. */
  readonly requestTimeoutMs: number
  /** The socket is asked for a stream and nothing else. */
  readonly onStream: (socket: TLSSocket, headers: StreamHeaders) => void
  /** Node's HTTP server goes on with the socket; it has not seen what has come so far. */
  readonly onOther: (socket: TLSSocket) => void
  readonly onRefused: (refusal: Refusal) => void
}

type Decided = Exclude<StreamHead, { kind: 'incomplete' }>

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
    socket.off('data', reading.onData)
    socket.off('close', reading.onClose)
    this.#handOn(socket, head, reading.bytes)
  }

  #handOn(socket: TLSSocket, head: Decided, bytes: Buffer): void {
    switch (head.kind) {
      case 'foreign':
        socket.off('error', destroyThis)
        this.#parts.onOther(socket)
        socket.unshift(bytes)
        return
      case 'complete':
        // A sidecar sends nothing more; whoever does is none. Its end is ours.
        socket.once('data', destroyThis)
        socket.once('end', destroyThis)
        return this.#parts.onStream(socket, head.headers)
      case 'malformed':
        return this.#refuse(socket, { status: 400, reason: 'requestMalformed' })
      case 'tooLong':
        return this.#refuse(socket, { status: 431, reason: 'requestMalformed' })
      default:
        return assertNever(head)
    }
  }

  #refuse(socket: TLSSocket, refusal: Refusal): void {
    this.#parts.onRefused(refusal)
    answerAndClose(socket, refusal)
  }
}
