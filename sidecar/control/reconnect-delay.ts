// How long to stay away after a stream has ended. Sidecars that lost one operator together must not come back together.

export type Comeback =
  /** Nothing was asked for: full jitter under a bound that doubles with each failure. */
  | { readonly kind: 'backoff'; readonly failures: number }
  /** The operator named a time: not before it, and spread over half of it again. */
  | { readonly kind: 'asked'; readonly afterMs: number }

const firstBoundMs = 200
const longestBoundMs = 10_000
/** More than this nobody may ask for: a pod would run an old policy for too long. */
const longestAskedMs = 5 * 60_000

/**
 * Milliseconds.
 *
 * @param random a number from 0 up to but not including 1
 */
export function reconnectDelay(comeback: Comeback, random: () => number): number {
  if (comeback.kind === 'backoff') {
    return random() * Math.min(longestBoundMs, firstBoundMs * 2 ** Math.min(comeback.failures, 16))
  }
  const asked = Math.min(comeback.afterMs, longestAskedMs)
  return asked + random() * Math.max(firstBoundMs, asked / 2)
}
