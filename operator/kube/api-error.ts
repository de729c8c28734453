// What an answer other than success becomes.
import { fieldsOf, numberOf, textOf } from './untrusted.ts'

const longestMessage = 512

/** Server messages about these can quote what was sent. */
const quotesContent = /\/(secrets|tokenreviews)(\/|$)/

export interface ApiFailure {
  /** HTTP status; 0: no answer came. */
  readonly status: number
  /** The API's own word such as `Conflict` or `Expired`; `Unreachable`, `Timeout` and `BadAnswer` are ours. */
  readonly reason: string
  readonly message: string
  /** How long the server asked to stay away. */
  readonly retryAfterMs?: number
  readonly cause?: unknown
}

/** A request that the API server did not carry out. Its message never quotes Secrets or tokens. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly reason: string
  readonly retryAfterMs: number

  constructor(failure: ApiFailure) {
    super(failure.message, failure.cause === undefined ? undefined : { cause: failure.cause })
    this.status = failure.status
    this.reason = failure.reason
    this.retryAfterMs = failure.retryAfterMs ?? 0
  }
}

export interface FailedAnswer {
  readonly method: string
  readonly path: string
  readonly status: number
  /** The header `retry-after`: seconds. */
  readonly retryAfter?: string
  readonly body: string
}

/** Reads the `Status` object that the API server sends with a failure, or does without. */
export function errorOfAnswer(answer: FailedAnswer): ApiError {
  const told = statusOf(parseOrUndefined(answer.body))
  const words = quotesContent.test(answer.path) || told.message === '' ? told.reason : told.message
  const seconds = Number(answer.retryAfter ?? Number.NaN)
  return new ApiError({
    status: answer.status,
    reason: told.reason || `Status${answer.status}`,
    message: `${answer.method} ${answer.path}: the API server answered ${answer.status} ${words}`.slice(
      0,
      longestMessage,
    ),
    retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : told.retryAfterMs,
  })
}

/** The `Status` object of an ERROR event in a watch. */
export function errorOfStatus(path: string, object: unknown): ApiError {
  const { code, reason, message, retryAfterMs } = statusOf(object)
  const words = quotesContent.test(path) || message === '' ? reason : message
  return new ApiError({
    status: code,
    reason: reason || `Status${code}`,
    message: `watch of ${path} was ended by the API server: ${code} ${words}`.slice(0, longestMessage),
    retryAfterMs,
  })
}

/** The version that a list or watch asked for is no longer kept: start again with a full list. */
export function isExpired(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 410 || error.reason === 'Expired')
}

export function hasStatus(error: unknown, status: number): boolean {
  return error instanceof ApiError && error.status === status
}

/** One sentence for a log. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function statusOf(object: unknown) {
  const fields = fieldsOf(object)
  return {
    code: numberOf(fields['code']),
    reason: textOf(fields['reason']),
    message: textOf(fields['message']),
    retryAfterMs: numberOf(fieldsOf(fields['details'])['retryAfterSeconds']) * 1000,
  }
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Proxies and load balancers answer in HTML; the status says enough.
    return undefined
  }
}
