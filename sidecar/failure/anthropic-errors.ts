// Anthropic's Messages API. In the order in which the rules are asked.
import type { ErrorRule } from './error-rules.ts'
import { tokenBucketsAreFull } from './rate-limit-buckets.ts'

const tooLong = 'the prompt does not fit the context window'

export const anthropicErrors: readonly ErrorRule[] = [
  {
    kind: 'ContextOverflow',
    detail: 'the provider finds the request too large',
    words: ['request_too_large'],
  },
  {
    kind: 'ContextOverflow',
    detail: tooLong,
    at: [400, 413],
    message: /^prompt is too long|exceed(?:s|ed)? (?:the )?context (?:limit|window)|maximum context length/i,
  },
  {
    kind: 'ContextOverflow',
    detail: 'the request is larger than the rate limit of the account: no waiting cures it',
    at: [429],
    holds: ({ headers }) =>
      headers['x-should-retry'] === 'false' &&
      headers['retry-after'] === undefined &&
      tokenBucketsAreFull(headers),
    hopeless: true,
  },
  {
    kind: 'QuotaExhausted',
    detail: 'a spending limit of the account is reached',
    words: ['enforced_spend_limit_reached', 'billing_error'],
  },
  {
    kind: 'QuotaExhausted',
    detail: 'a spending limit of the account is reached',
    at: [400, 403, 429],
    message: /credit balance is too low|reached your specified (?:\w+ ){0,2}usage limits?/i,
  },
  {
    kind: 'AuthFailed',
    detail: 'the provider refuses the credential',
    words: ['authentication_error', 'permission_error'],
  },
  {
    kind: 'GuardrailBlocked',
    detail: 'a guardrail of the provider blocked the answer',
    at: [400],
    message: /blocked by content filtering policy/i,
  },
  { kind: 'ModelUnavailable', detail: 'the provider does not know the model', words: ['not_found_error'] },
  { kind: 'Overloaded', detail: 'the provider is overloaded', words: ['overloaded_error'] },
  { kind: 'RateLimited', detail: 'the provider limits the rate', words: ['rate_limit_error'] },
  {
    kind: 'Timeout',
    detail: 'the provider gave up waiting for its own answer',
    words: ['timeout_error'],
  },
]

/** What an error inside a 200 means when no rule tells: by its type alone. */
export const anthropicStatusOfWord: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  api_error: 500,
}
