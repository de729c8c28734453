import type { Clock } from '../reconcile/ports.ts'

/** Resolves after so many milliseconds, or as soon as the signal aborts: the caller looks at the signal. */
export function wait(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise(resolve => {
    const finish = () => {
      cancel()
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const cancel = clock.schedule(milliseconds, finish)
    signal.addEventListener('abort', finish, { once: true })
  })
}
