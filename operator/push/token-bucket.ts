// Lets a steady rate of newcomers in, and tells the others when to come back so that they do not all come at once.
import type { Clock } from '../reconcile/ports.ts'

export interface BucketParts {
  readonly clock: Clock
  /** From 0 up to 1. */
  readonly random: () => number
  readonly perSecond: number
  readonly burst: number
}

export type Admission = { readonly kind: 'admitted' } | { readonly kind: 'later'; readonly waitMs: number }

const shortestWaitMs = 1_000
const longestWaitMs = 30_000
const admitted: Admission = { kind: 'admitted' }

export class TokenBucket {
  readonly #parts: BucketParts
  #tokens: number
  /** How many were told to come back and may still be on their way: shrinks at the rate at which they can be let in. */
  #turnedAway = 0
  #filledAt: number

  constructor(parts: BucketParts) {
    this.#parts = parts
    this.#tokens = parts.burst
    this.#filledAt = parts.clock.now()
  }

  take(): Admission {
    this.#fill()
    if (this.#tokens >= 1) {
      this.#tokens -= 1
      return admitted
    }
    this.#turnedAway += 1
    return { kind: 'later', waitMs: this.#spread() }
  }

  /** The more were turned away, the wider they are spread. */
  #spread(): number {
    const queueMs = (this.#turnedAway / this.#parts.perSecond) * 1_000
    return Math.min(longestWaitMs, shortestWaitMs + this.#parts.random() * queueMs)
  }

  #fill(): void {
    const now = this.#parts.clock.now()
    const earned = ((now - this.#filledAt) / 1_000) * this.#parts.perSecond
    this.#tokens = Math.min(this.#parts.burst, this.#tokens + earned)
    this.#turnedAway = Math.max(0, this.#turnedAway - earned)
    this.#filledAt = now
  }
}
