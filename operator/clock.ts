import type { Clock } from './reconcile/ports.ts'

export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  schedule(milliseconds, run) {
    const timer = setTimeout(run, Math.max(0, Math.ceil(milliseconds)))
    timer.unref()
    return () => clearTimeout(timer)
  },
}
