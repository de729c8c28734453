// How long to wait after a failure: anywhere between nothing and a ceiling that doubles, so that many clients spread out.

export interface BackoffLimits {
  readonly firstMs: number
  readonly longestMs: number
}

/** A server that asks for more than this is broken, not busy. */
const longestRequestedMs = 60_000

export class Backoff {
  readonly #limits: BackoffLimits
  readonly #random: () => number
  #failures = 0

  /** @param random from 0 up to, not including, 1. */
  constructor(limits: BackoffLimits, random: () => number) {
    this.#limits = limits
    this.#random = random
  }

  /** Milliseconds to wait after one more failure; never less than what the server asked for, within reason. */
  next(retryAfterMs = 0): number {
    const ceiling = Math.min(this.#limits.longestMs, this.#limits.firstMs * 2 ** this.#failures)
    this.#failures = Math.min(this.#failures + 1, 32)
    return Math.max(Math.min(retryAfterMs, longestRequestedMs), this.#random() * ceiling)
  }

  reset(): void {
    this.#failures = 0
  }
}
