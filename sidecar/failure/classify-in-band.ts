// Judges an error inside a 200: an event of a stream, or a body that turned out to be one. Same tables, no status line.
import type { DialectName } from '../../crds/vocabulary.ts'
import { Confidential } from './confidential.ts'
import { type ErrorFacts, readErrorBody } from './error-facts.ts'
import { type ErrorRule, firstFitting } from './error-rules.ts'
import { type ErrorTable, errorTableOf } from './error-tables.ts'
import type { Failure } from './failure.ts'
import { ruleOfStatus } from './http-errors.ts'
import { judgeWait, waitOf } from './long-waits.ts'
import { readRetryAfterMs } from './reset-hints.ts'

export interface InBandError {
  readonly dialect: DialectName
  /** The parsed event or body, or the error object inside it. */
  readonly error: unknown
}

/** Never throws. The failure has no status: what arrived was a 200. */
export function classifyInBandError({ dialect, error }: InBandError): Failure {
  const said = readErrorBody(error)
  const { words, message } = said
  const rule = ruleFor({ dialect, status: said.namedStatus, headers: {}, words, message })
  const status = said.namedStatus ?? (rule.kind === 'RateLimited' ? 429 : 500)
  const retryAfterMs = readRetryAfterMs({ dialect, status, headers: {}, body: error, message })
  const { kind, detail } = judgeWait(rule, retryAfterMs)
  return {
    kind,
    detail,
    ...waitOf(kind, retryAfterMs),
    ...(rule.hopeless && { hopeless: true }),
    ...(message !== '' && { message: new Confidential(message) }),
  }
}

function ruleFor(facts: ErrorFacts): ErrorRule {
  const table = errorTableOf(facts.dialect)
  const own = firstFitting(table.rules, facts)
  if (own !== undefined) return own
  // Only now: a general type such as `invalid_request_error` must not hide a telling code.
  const status = facts.status ?? statusOfWords(facts.words, table)
  if (status !== undefined) return ruleOfStatus(status)
  // It took the request and then failed without saying why: that is a failure of the server.
  return { kind: 'ServerError', detail: 'the provider reported an error inside its answer' }
}

function statusOfWords(words: ReadonlySet<string>, table: ErrorTable): number | undefined {
  for (const word of words) {
    const status = Object.hasOwn(table.statusOfWord, word) ? table.statusOfWord[word] : undefined
    if (status !== undefined) return status
  }
  return undefined
}
