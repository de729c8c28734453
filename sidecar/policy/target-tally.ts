// Counts of one target over the last minute, in a ring of seconds: a call costs an addition and nothing else.
import type { CallResult } from '../resilience/breaker.ts'
import type { Clock } from '../resilience/clock.ts'

const windowSeconds = 60

export class TargetTally {
  readonly #clock: Clock
  readonly #attempts = new Uint32Array(windowSeconds)
  readonly #failures = new Uint32Array(windowSeconds)
  /** The second up to which the ring is cleared. */
  #second: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#second = secondOf(clock)
  }

  count(result: CallResult): void {
    const slot = this.#turn()
    this.#attempts[slot] = (this.#attempts[slot] ?? 0) + 1
    if (result === 'bad') this.#failures[slot] = (this.#failures[slot] ?? 0) + 1
  }

  /** Of the last minute. */
  totals(): { readonly attempts: number; readonly failures: number } {
    this.#turn()
    return { attempts: sum(this.#attempts), failures: sum(this.#failures) }
  }

  /** Clears what has grown too old; the slot of this second. */
  #turn(): number {
    const now = secondOf(this.#clock)
    const passed = Math.min(now - this.#second, windowSeconds)
    for (let back = 0; back < passed; back += 1) {
      const slot = (now - back) % windowSeconds
      this.#attempts[slot] = 0
      this.#failures[slot] = 0
    }
    this.#second = now
    return now % windowSeconds
  }
}

function secondOf(clock: Clock): number {
  return Math.floor(clock.now() / 1000)
}

function sum(counts: Uint32Array): number {
  return counts.reduce((total, count) => total + count, 0)
}
