import type { Clock } from './clock.ts'

/** The one moment by which everything has to be over. */
export class Deadline {
  readonly #clock: Clock
  readonly #endsAt: number

  constructor(clock: Clock, totalMs: number) {
    this.#clock = clock
    this.#endsAt = clock.now() + totalMs
  }

  /** Milliseconds left, 0 once it has passed. */
  remaining(): number {
    return Math.max(0, this.#endsAt - this.#clock.now())
  }

  /** A timeout cut to what is left. */
  cut(timeoutMs: number): number {
    return Math.min(timeoutMs, this.remaining())
  }

  get hasPassed(): boolean {
    return this.#endsAt <= this.#clock.now()
  }
}
