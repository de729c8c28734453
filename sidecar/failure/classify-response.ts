// Judges an answer without success: by status, then by what its body and headers say, then by the provider's message.
import type { DialectName } from '../../crds/vocabulary.ts'
import { Confidential } from './confidential.ts'
import { type ErrorFacts, parseJson, readErrorBody } from './error-facts.ts'
import { type ErrorRule, firstFitting } from './error-rules.ts'
import { errorTableOf } from './error-tables.ts'
import type { Failure } from './failure.ts'
import { keepsAnswer, ruleOfStatus } from './http-errors.ts'
import { judgeWait, waitOf } from './long-waits.ts'
import { readRetryAfterMs } from './reset-hints.ts'

export interface FailedAnswer {
  readonly dialect: DialectName
  /** Anything but 2xx. */
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** Milliseconds since 1970, to measure dates in headers against. */
  readonly wallTime?: number
}

/** Larger bodies are no error objects. */
const largestParsedBytes = 1024 * 1024

/** Never throws, whatever the provider sent. */
export function classifyResponse(answer: FailedAnswer): Failure {
  const { dialect, status, headers } = answer
  const text = readText(answer)
  const body = text === '' ? undefined : parseJson(text)
  const said = readErrorBody(body ?? plainText(text))
  const rule = ruleFor({ dialect, status, headers, words: said.words, message: said.message }, status)
  const { wallTime } = answer
  const source = { dialect, status, headers, body, message: said.message }
  const retryAfterMs = readRetryAfterMs(wallTime === undefined ? source : { ...source, wallTime })
  const { kind, detail } = judgeWait(rule, retryAfterMs)
  const isHopeless = rule.hopeless || headers['x-should-retry'] === 'false'
  return {
    kind,
    detail,
    status,
    ...waitOf(kind, retryAfterMs),
    ...(isHopeless && { hopeless: true }),
    ...(said.message !== '' && { message: new Confidential(said.message) }),
    ...(keepsAnswer.has(kind) && { answer: keep(answer, body !== undefined) }),
  }
}

function ruleFor(facts: ErrorFacts, status: number): ErrorRule {
  // Below 400 nothing has failed that a table of errors could name.
  const own = status < 400 ? undefined : firstFitting(errorTableOf(facts.dialect).rules, facts)
  return own ?? ruleOfStatus(status)
}

function readText({ body }: FailedAnswer): string {
  if (body.length === 0 || body.length > largestParsedBytes) return ''
  const text = body.toString('utf8').trim()
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

/** Whatever its content type says: a page for people is no message, any other text may be one. */
function plainText(text: string): string {
  return text.startsWith('<') ? '' : text
}

function keep(answer: FailedAnswer, isJson: boolean): NonNullable<Failure['answer']> {
  const contentType =
    answer.headers['content-type'] ?? (isJson ? 'application/json' : 'application/octet-stream')
  return { status: answer.status, contentType, body: answer.body }
}
