import type { Cancel, Clock } from '../resilience/clock.ts'

/** Tells when a stream has been silent for too long. One timer that looks back, not one for every chunk. */
export class IdleWatch {
  readonly #clock: Clock
  readonly #idleMs: number
  readonly #onIdle: () => void
  #lastSignAt = 0
  #isHeld = false
  #cancel: Cancel | undefined

  constructor(clock: Clock, idleMs: number, onIdle: () => void) {
    this.#clock = clock
    this.#idleMs = idleMs
    this.#onIdle = onIdle
  }

  start(): void {
    this.#lastSignAt = this.#clock.now()
    this.#watch(this.#idleMs)
  }

  /** A sign of life. */
  stirred(): void {
    this.#lastSignAt = this.#clock.now()
  }

  /** A reader who is slow is not the writer's silence. */
  hold(): void {
    this.#isHeld = true
  }

  resume(): void {
    this.#isHeld = false
    this.stirred()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #watch(delayMs: number): void {
    this.#cancel = this.#clock.schedule(delayMs, () => {
      const silentMs = this.#clock.now() - this.#lastSignAt
      if (this.#isHeld) this.#watch(this.#idleMs)
      else if (silentMs >= this.#idleMs) this.#onIdle()
      else this.#watch(this.#idleMs - silentMs)
    })
  }
}
