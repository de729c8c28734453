// Lets so many handshakes run at once. After a restart thousands of sidecars connect in the same second: handshakes that all
// ran at once would all hold their buffers at once, and the streams that stay would lie scattered among what the others leave,
// memory that the allocator does not give back. A place is held for a moment only: who is slow keeps no other waiting long.
import type { Socket } from 'node:net'
import type { Cancel, Clock } from '../reconcile/ports.ts'

export interface HandshakeGateParts {
  readonly clock: Clock
  readonly atOnce: number
  /** After this long a handshake goes on beside those that have a place. */
  readonly placeMs: number
  readonly begin: (socket: Socket) => void
}

export class HandshakeGate {
  readonly #parts: HandshakeGateParts
  readonly #waiting = new Set<Socket>()
  /** By remote address and port: the socket of the handshake is another object. */
  readonly #places = new Map<string, Cancel>()

  constructor(parts: HandshakeGateParts) {
    this.#parts = parts
  }

  take(socket: Socket): void {
    socket.on('error', destroyThis)
    this.#waiting.add(socket)
    this.#beginSome()
  }

  /** The handshake has ended, well or badly. */
  leave(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): void {
    this.#leave(nameOf(socket))
  }

  #leave(name: string): void {
    const cancel = this.#places.get(name)
    if (cancel === undefined) return
    cancel()
    this.#places.delete(name)
    this.#beginSome()
  }

  #beginSome(): void {
    const { clock, atOnce, placeMs, begin } = this.#parts
    for (const socket of this.#waiting) {
      if (this.#places.size >= atOnce) return
      this.#waiting.delete(socket)
      if (socket.destroyed) continue
      const name = nameOf(socket)
      this.#places.set(
        name,
        clock.schedule(placeMs, () => this.#leave(name)),
      )
      begin(socket)
    }
  }
}

function nameOf({ remoteAddress, remotePort }: Pick<Socket, 'remoteAddress' | 'remotePort'>): string {
  return `${remoteAddress} ${remotePort}`
}

/** One function for all sockets. */
function destroyThis(this: Socket): void {
  this.destroy()
}
