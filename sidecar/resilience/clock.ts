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
    const timer = setTimeout(callback, delayMs)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** Resolves after `delayMs` on this clock, or as soon as the signal aborts: the caller looks at the signal. */
export function wait(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || delayMs <= 0) return Promise.resolve()
  return new Promise(resolve => {
    const finish = () => {
      cancel()
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const cancel = clock.schedule(delayMs, finish)
    signal.addEventListener('abort', finish, { once: true })
  })
}
