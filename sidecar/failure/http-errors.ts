// What a status says when the body says nothing better. Asked after the provider's own table.
import type { FailureKind } from '../../crds/vocabulary.ts'
import type { ErrorRule } from './error-rules.ts'

const byStatus: readonly ErrorRule[] = [
  { kind: 'AuthFailed', at: [401, 403], detail: 'the provider refuses the credential' },
  { kind: 'QuotaExhausted', at: [402], detail: 'the account at the provider has no money left' },
  { kind: 'ModelUnavailable', at: [404, 410], detail: 'the provider does not know the model' },
  { kind: 'Timeout', at: [408, 504, 524], detail: 'the provider gave up waiting for its own answer' },
  { kind: 'ContextOverflow', at: [413], detail: 'the provider finds the request too large' },
  // 424: a model behind the provider failed; 499: the provider itself cancelled.
  { kind: 'ServerError', at: [424, 499], detail: 'the provider failed' },
  { kind: 'RateLimited', at: [429], detail: 'the provider limits the rate' },
  { kind: 'Overloaded', at: [498, 503, 529], detail: 'the provider is overloaded' },
  // A missing capability dressed as an outage: asking again cannot help.
  { kind: 'BadRequest', at: [501], detail: 'the provider lacks what the request asks for', hopeless: true },
]

/** Answers for every status: unknown client errors stay the request's, unknown server errors the provider's. */
export function ruleOfStatus(status: number): ErrorRule {
  const known = byStatus.find(rule => rule.at?.includes(status))
  if (known !== undefined) return known
  if (status >= 500 && status <= 599) return { kind: 'ServerError', detail: 'the provider failed' }
  if (status >= 400 && status <= 499)
    return { kind: 'BadRequest', detail: 'the provider refuses the request' }
  if (status >= 300 && status <= 399) {
    return {
      kind: 'InvalidResponse',
      detail: 'the provider answered with a redirect, which is never followed',
    }
  }
  return { kind: 'InvalidResponse', detail: 'the provider answered with a status that says nothing' }
}

/** Kinds after which the provider's own answer is worth keeping: its caller can act on it. */
export const keepsAnswer: ReadonlySet<FailureKind> = new Set([
  'BadRequest',
  'GuardrailBlocked',
  'ContextOverflow',
])
