import type { Failure } from './failure.ts'

type Verdict = Pick<Failure, 'kind' | 'detail'>

/** A wait longer than this is no throttling but a quota: other targets serve better than patience. */
const longestThrottlingMs = 5 * 60_000

/** What a rate limit becomes when the provider asks for a very long wait; anything else stays as it is. */
export function judgeWait({ kind, detail }: Verdict, retryAfterMs: number | undefined): Verdict {
  if (kind !== 'RateLimited' || retryAfterMs === undefined || retryAfterMs <= longestThrottlingMs) {
    return { kind, detail }
  }
  return { kind: 'QuotaExhausted', detail: 'the provider asks for a wait that is too long to be throttling' }
}

const curedByWaiting: ReadonlySet<Failure['kind']> = new Set([
  'RateLimited',
  'QuotaExhausted',
  'Overloaded',
  'ServerError',
])

/** The wait as a member of the failure, for kinds that a wait can cure. */
export function waitOf(kind: Failure['kind'], retryAfterMs: number | undefined): { retryAfterMs?: number } {
  return retryAfterMs !== undefined && curedByWaiting.has(kind) ? { retryAfterMs } : {}
}
