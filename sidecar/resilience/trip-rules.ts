// When a closed breaker opens. Kept apart from the state machine, so that either can change alone.

/** Judges the results of a closed breaker. Holds what it needs to remember, nothing else. */
export interface TripRule {
  /** Notes a failure at `now` (clock milliseconds); true when it is the one that trips. */
  recordFailure(now: number): boolean
  recordSuccess(): void
  /** Forgets everything: the breaker starts a new life. */
  reset(): void
  /** Failures that still count, for people who look. */
  readonly recentFailures: number
}

export interface ConsecutiveFailureSettings {
  /** 1 or more. */
  readonly failures: number
  readonly windowMs: number
}

/** Trips after so many failures without a success between them, all inside one window. */
export function consecutiveFailures({ failures, windowMs }: ConsecutiveFailureSettings): TripRule {
  // Times of the failures since the last success, oldest first; never longer than the number that trips.
  let times: number[] = []
  return {
    recordFailure(now) {
      times = times.filter(time => now - time <= windowMs)
      times.push(now)
      return times.length >= failures
    },
    recordSuccess() {
      if (times.length > 0) times = []
    },
    reset() {
      times = []
    },
    get recentFailures() {
      return times.length
    },
  }
}
