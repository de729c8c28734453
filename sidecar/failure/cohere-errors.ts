// Cohere. Its errors are a message and an id; most of them are told by their status alone. In the order in which the rules are
// asked.
import type { ErrorRule } from './error-rules.ts'

export const cohereErrors: readonly ErrorRule[] = [
  {
    kind: 'ContextOverflow',
    detail: 'the prompt does not fit the context window',
    words: ['too_many_tokens'],
  },
  {
    kind: 'ContextOverflow',
    detail: 'the prompt does not fit the context window',
    at: [400, 413, 422],
    message:
      /^too many tokens\b|maximum context length|exceeds? the (?:maximum )?(?:context|token) (?:length|limit|window)/i,
  },
  // A trial key ends with its month; the wait that such an answer may name is not meant for it.
  {
    kind: 'QuotaExhausted',
    detail: 'a monthly quota of the account is used up',
    at: [402, 429],
    message: /\bper month\b|\bmonthly\b|\/ ?month\b/i,
  },
  {
    kind: 'QuotaExhausted',
    detail: 'the account at the provider has no money left',
    at: [402, 429],
    message: /\b(?:billing|payment|credit balance|spending limit)\b/i,
  },
  {
    kind: 'GuardrailBlocked',
    detail: 'a guardrail of the provider blocked the request',
    at: [400, 403, 422],
    message: /^blocked (?:in|out)put\b/i,
  },
  {
    kind: 'ModelUnavailable',
    detail: 'the provider does not know the model',
    at: [400, 404, 410, 422],
    message:
      /^model .{1,200} (?:not found|was removed|is deprecated|has been (?:removed|deprecated|retired))|^unknown model\b/i,
  },
  // 498 is a token that is invalid or has expired: elsewhere the number stands for a lack of capacity.
  { kind: 'AuthFailed', detail: 'the provider refuses the credential', at: [498] },
]

/** What an error inside a 200 means when no rule tells: by its type alone. */
export const cohereStatusOfWord: Readonly<Record<string, number>> = {
  bad_request: 400,
  invalid_token: 401,
  unauthorized: 401,
  not_found: 404,
  too_many_requests: 429,
  internal_server_error: 500,
}
