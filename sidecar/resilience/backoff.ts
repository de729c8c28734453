export interface BackoffSettings {
  readonly initialMs: number
  readonly factor: number
  readonly maxMs: number
}

/**
 * Milliseconds to wait before retry number `retry` (0 is the first). Full jitter: anything from nothing to the growing
 * bound, so that callers who failed together do not come back together.
 *
 * @param random a number from 0 up to but not including 1
 */
export function backoffMs(settings: BackoffSettings, retry: number, random: () => number): number {
  const bound = Math.min(settings.maxMs, settings.initialMs * settings.factor ** retry)
  return random() * bound
}
