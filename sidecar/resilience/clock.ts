import type { CancelSignal } from './cancellation.ts'

/** Time as the rooms see it, so that tests can turn the hands. */
export interface Clock {
  /** Milliseconds, monotonic; only differences mean anything. */
  now(): number
  /** Milliseconds since 1970, for dates that leave the process. */
  wallTime(): number
  /** Calls back once after `delayMs`; returns its cancel. Never keeps the process alive by itself. */
  schedule(delayMs: number, callback: () => void): Cancel
}

export type Cancel = () => void

export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  schedule(delayMs, callback) {
    // Timers count whole milliseconds of a clock that may lag by one: late is right, early would find a breaker still open.
    const timer = setTimeout(callback, delayMs > 0 ? Math.ceil(delayMs) + 1 : 0)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** Resolves after `delayMs` on this clock, or as soon as the signal aborts: the caller looks at the signal. */
export function wait(clock: Clock, delayMs: number, signal: CancelSignal): Promise<void> {
  if (signal.aborted || delayMs <= 0) return Promise.resolve()
  return new Promise(resolve => {
    const finish = () => {
      cancel()
      signal.offAbort(finish)
      resolve()
    }
    const cancel = clock.schedule(delayMs, finish)
    signal.onAbort(finish)
  })
}
