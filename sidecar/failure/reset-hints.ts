// How long a provider asks to be left alone. The longest wait that it names is the one that holds.
import type { DialectName } from '../../crds/vocabulary.ts'
import { isRecord } from './error-facts.ts'
import { parseGoDurationMs } from './go-duration.ts'
import { readMessageDelayMs } from './message-delay.ts'
import { firstToken, type RateLimitBucket, readBuckets } from './rate-limit-buckets.ts'

export interface ResetHintSource {
  readonly dialect: DialectName
  /** Of an error: providers put `retry-after` on good answers too, where it means nothing. */
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Parsed error body, for the providers that put the delay there. */
  readonly body?: unknown
  /** The provider's own message. */
  readonly message?: string
  /** Milliseconds since 1970, to measure dates against. Absent: the answer's own `date` must do. */
  readonly wallTime?: number
}

/** Longer waits are cut to this: nobody should be locked out for a year by a typing error. */
export const longestWaitMs = 24 * 3_600_000

/** Statuses that mean "later", on which a message or a used-up bucket tells when. */
const waitingStatuses: ReadonlySet<number> = new Set([429, 503, 529])

/** Milliseconds, positive, at most a day; undefined when the provider asks for no wait. Never throws. */
export function readRetryAfterMs(source: ResetHintSource): number | undefined {
  if (source.status < 400) return undefined
  return longest(spokenWaits(source)) ?? longest(waitsOfUsedUpBuckets(source))
}

function spokenWaits({ dialect, status, headers, body, message, ...source }: ResetHintSource) {
  return [
    plainNumber(firstToken(headers['retry-after-ms'])),
    retryAfterHeaderMs(headers, source.wallTime),
    retryInfoMs(body),
    waitingStatuses.has(status) && message ? readMessageDelayMs(dialect, message) : undefined,
  ]
}

function waitsOfUsedUpBuckets({ dialect, status, headers, wallTime }: ResetHintSource) {
  // Azure writes bare numbers whose unit changes: nothing can be made of them.
  if (!waitingStatuses.has(status) || dialect === 'AzureOpenAI') return []
  const usedUp = readBuckets(headers).filter(bucket => bucket.remaining === 0)
  return usedUp.map(bucket => bucketResetMs(bucket, headers, wallTime))
}

function bucketResetMs(
  { family, dimension, reset }: RateLimitBucket,
  headers: ResetHintSource['headers'],
  wallTime: number | undefined,
): number | undefined {
  if (reset === undefined) return undefined
  if (family === 'anthropic-ratelimit')
    return rfc3339.test(reset) ? untilMs(reset, headers, wallTime) : undefined
  if (dimension !== '') return parseGoDurationMs(reset)
  // Under the bare name: seconds from now (Together), or a point in time as seconds or milliseconds since 1970.
  const value = plainNumber(reset)
  if (value === undefined) return parseGoDurationMs(reset)
  if (value < 1e9) return value * 1000
  return untilMs(value < 1e11 ? value * 1000 : value, headers, wallTime)
}

function retryAfterHeaderMs(headers: ResetHintSource['headers'], wallTime: number | undefined) {
  const value = headers['retry-after']
  if (value === undefined) return undefined
  const seconds = plainNumber(firstToken(value))
  if (seconds !== undefined) return seconds * 1000
  return httpDate.test(value) ? untilMs(value.trim(), headers, wallTime) : undefined
}

const httpDate = /^\s*[A-Z][a-z]{2,8},? .{10,40}$/
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/

/**
 * The provider's clock measures the provider's date best, whatever ours says. Where its `date` makes no sense of it (a
 * cached or missing one), our clock must do.
 */
function untilMs(moment: string | number, headers: ResetHintSource['headers'], wallTime: number | undefined) {
  const at = typeof moment === 'number' ? moment : Date.parse(moment)
  const byTheirClock = at - Date.parse(headers['date'] ?? '')
  if (byTheirClock > 0 && byTheirClock <= longestWaitMs) return byTheirClock
  return wallTime === undefined ? undefined : at - wallTime
}

/** `google.rpc.RetryInfo` among the details of a Google error, also wrapped in a one-element array. */
function retryInfoMs(body: unknown): number | undefined {
  const outer = Array.isArray(body) ? body[0] : body
  const error = isRecord(outer) ? outer['error'] : undefined
  const details = isRecord(error) ? error['details'] : undefined
  if (!Array.isArray(details)) return undefined
  for (const detail of details) {
    const type = isRecord(detail) ? detail['@type'] : undefined
    if (typeof type !== 'string' || !type.endsWith('google.rpc.RetryInfo') || !isRecord(detail)) continue
    const { retryDelay } = detail
    return typeof retryDelay === 'string' ? parseGoDurationMs(retryDelay) : undefined
  }
  return undefined
}

function plainNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}(?:\.\d{1,9})?$/.test(text) ? Number(text) : undefined
}

function longest(waits: readonly (number | undefined)[]): number | undefined {
  const real = waits.filter(wait => wait !== undefined && Number.isFinite(wait) && wait > 0)
  if (real.length === 0) return undefined
  return Math.min(longestWaitMs, Math.max(...real.filter(wait => wait !== undefined)))
}
