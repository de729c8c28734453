// Begins a few handshakes a turn. After a restart thousands of sidecars connect in the same second: handshakes that all began
// at once would all hold their buffers at once, and the streams that stay would lie scattered among what the others leave,
// 100 MiB that the allocator never gives back. Nobody can hold a place: who is slow keeps no other waiting.
import type { Socket } from 'node:net'

const handshakesPerTurn = 8

export class HandshakePace {
  readonly #begin: (socket: Socket) => void
  readonly #waiting = new Set<Socket>()
  #isComing = false

  constructor(begin: (socket: Socket) => void) {
    this.#begin = begin
  }

  take(socket: Socket): void {
    socket.on('error', destroyThis)
    this.#waiting.add(socket)
    this.#beginSoon()
  }

  #beginSoon(): void {
    if (this.#isComing || this.#waiting.size === 0) return
    this.#isComing = true
    setImmediate(() => {
      this.#isComing = false
      this.#beginSome()
      this.#beginSoon()
    })
  }

  #beginSome(): void {
    let left = handshakesPerTurn
    for (const socket of this.#waiting) {
      if (left === 0) return
      this.#waiting.delete(socket)
      if (socket.destroyed) continue
      left -= 1
      this.#begin(socket)
    }
  }
}

/** One function for all sockets. */
function destroyThis(this: Socket): void {
  this.destroy()
}
