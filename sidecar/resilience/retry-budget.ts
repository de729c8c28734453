// Stops retries from multiplying an outage: they may be a share of the requests, plus a few a second when traffic is thin.
import type { Clock } from './clock.ts'

export interface RetryBudgetSettings {
  /** Retries allowed per hundred requests, 0 to 100. */
  readonly percent: number
  /** Retries that are always affordable, per second. */
  readonly minPerSecond: number
  readonly clock: Clock
}

/** Requests whose unused share is kept: old calm must not pay for a new storm. */
const remembersRequests = 50

export class RetryBudget {
  readonly #settings: RetryBudgetSettings
  /** Earned by requests. */
  #share = 0
  /** Refilled by time. */
  #floor: number
  #filledAt: number

  constructor(settings: RetryBudgetSettings) {
    this.#settings = settings
    this.#floor = this.#floorCapacity
    this.#filledAt = settings.clock.now()
  }

  /** A request (not a retry) was sent. */
  deposit(): void {
    this.#share = Math.min(this.#shareCapacity, this.#share + this.#settings.percent / 100)
  }

  /** Pays for one retry; false when there is nothing left to pay with. */
  tryWithdraw(): boolean {
    this.#refill()
    if (this.#share >= wholeRetry) this.#share = Math.max(0, this.#share - 1)
    else if (this.#floor >= wholeRetry) this.#floor = Math.max(0, this.#floor - 1)
    else return false
    return true
  }

  /** Retries that could be paid for now; not always a whole number, never negative. */
  level(): number {
    this.#refill()
    return this.#share + this.#floor
  }

  /** 0 (spent) to 1 (full); 1 for a budget that never had anything. */
  remainingRatio(): number {
    const capacity = this.#shareCapacity + this.#floorCapacity
    return capacity === 0 ? 1 : Math.min(1, this.level() / capacity)
  }

  /** One whole retry at least, or a small percentage could never be spent. */
  get #shareCapacity(): number {
    const perRequest = this.#settings.percent / 100
    return perRequest === 0 ? 0 : Math.max(1, perRequest * remembersRequests)
  }

  /** One second's worth, so that an idle hour does not save up a burst; a slow rate still reaches one retry. */
  get #floorCapacity(): number {
    const { minPerSecond } = this.#settings
    return minPerSecond === 0 ? 0 : Math.max(1, minPerSecond)
  }

  #refill(): void {
    const now = this.#settings.clock.now()
    const earned = ((now - this.#filledAt) / 1000) * this.#settings.minPerSecond
    this.#floor = Math.min(this.#floorCapacity, this.#floor + earned)
    this.#filledAt = now
  }
}

/** Five deposits of 0.2 are one retry, although their binary sum is a hair less. */
const wholeRetry = 1 - 1e-9
