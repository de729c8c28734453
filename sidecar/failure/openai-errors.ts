// OpenAI and the many servers that speak its format, each with its own idea of an error. In the order in which they are asked.
import { longQuotaWord } from './error-facts.ts'
import type { ErrorRule } from './error-rules.ts'
import { readMessageDelayMs } from './message-delay.ts'
import { tokenBucketsAreFull } from './rate-limit-buckets.ts'
import { responsesPolicyWords, responsesStatusOfWord } from './responses-errors.ts'

const tooLong = 'the prompt does not fit the context window'
const unbalanced = 'the account at the provider has no money or quota left'
const unknownModel = 'the provider does not know the model'
const badKey = 'the provider refuses the credential'
const blocked = 'a guardrail of the provider blocked the request'
const overloaded = 'the provider is overloaded'
const incapable = 'the model lacks what the request asks for'

/** Statuses with which servers say "the request is at fault", 500 for those that dress it as an outage. */
const requestStatuses = [400, 413, 422, 500]

const overflow: readonly ErrorRule[] = [
  {
    kind: 'ContextOverflow',
    detail: tooLong,
    words: [
      'context_length_exceeded',
      // llama.cpp, Perplexity, Cohere behind an OpenAI front
      'exceed_context_size_error',
      'too_many_prompt_tokens',
      'too_many_tokens',
    ],
  },
  {
    kind: 'ContextOverflow',
    detail: tooLong,
    at: requestStatuses,
    message:
      /maximum context length|exceeds the (?:available )?context (?:window|size)|prompt (?:is )?too long|exceeds the maximum number of tokens allowed|you passed [\d,]+ input tokens|input tokens exceeded|too many tokens: |maximum prompt length is|longer than the maximum model length|`inputs` tokens \+ `max_new_tokens` must be/i,
  },
  {
    kind: 'ContextOverflow',
    detail: 'the request is larger than the rate limit of the account: no waiting cures it',
    at: [429],
    message: /^request too large/i,
    hopeless: true,
  },
  {
    kind: 'ContextOverflow',
    detail: 'the request is larger than the rate limit of the account: no waiting cures it',
    at: [429],
    words: ['tokens'],
    // Told to wait although the bucket of tokens is full: the request does not fit into the bucket.
    holds: facts =>
      tokenBucketsAreFull(facts.headers) &&
      facts.headers['retry-after'] === undefined &&
      readMessageDelayMs(facts.dialect, facts.message) === undefined,
    hopeless: true,
  },
]

const account: readonly ErrorRule[] = [
  {
    kind: 'QuotaExhausted',
    detail: unbalanced,
    words: [
      'insufficient_quota',
      'credit_balance_exhausted',
      'insufficient_credits',
      'insufficient_balance',
      'billing_error',
      'billing_not_active',
      'billing_hard_limit_reached',
      'payment_required',
    ],
  },
  { kind: 'QuotaExhausted', detail: 'a daily quota is used up', at: [429], words: [longQuotaWord] },
  {
    kind: 'QuotaExhausted',
    detail: 'the account has no quota at all',
    at: [429],
    words: ['resource_exhausted'],
    message: /\blimit: 0\b/,
  },
  {
    kind: 'QuotaExhausted',
    detail: unbalanced,
    at: [403, 429],
    // xAI says so in words alone, and of a new team with a 403.
    message: /used all available credits|monthly spending limit|doesn.t have any credits/i,
  },
]

const model: readonly ErrorRule[] = [
  {
    kind: 'ModelUnavailable',
    detail: unknownModel,
    words: [
      'model_not_found',
      'model_not_available',
      'model_decommissioned',
      'deploymentnotfound',
      'invalid_model',
      '1500',
    ],
  },
  {
    kind: 'ModelUnavailable',
    detail: unknownModel,
    at: [400],
    // OpenRouter; xAI; DeepSeek.
    message: /is not a valid model id\b|^the model .{1,200} does not exist|^model not (?:exist|found)\b/i,
  },
  // What the request refers to lies nowhere: another provider would answer another question, and the model is well.
  {
    kind: 'BadRequest',
    detail: 'the provider does not find what the request refers to',
    at: [400, 404],
    words: ['previous_response_not_found'],
  },
  {
    kind: 'BadRequest',
    detail: 'the provider does not find what the request refers to',
    at: [404],
    message: /^(?:item|previous response) with id\b/i,
  },
]

const guardrail: readonly ErrorRule[] = [
  {
    kind: 'GuardrailBlocked',
    detail: blocked,
    words: [
      'content_filter',
      'content_policy_violation',
      'invalid_prompt',
      'responsibleaipolicyviolation',
      'moderation_blocked',
      ...responsesPolicyWords,
    ],
  },
  {
    kind: 'GuardrailBlocked',
    detail: blocked,
    at: [403],
    // OpenRouter's moderation, where 403 is no matter of keys.
    message: /requires moderation|input was flagged/i,
  },
  // DeepSeek.
  { kind: 'GuardrailBlocked', detail: blocked, at: [400], message: /^content exists risk\b/i },
]

const credential: readonly ErrorRule[] = [
  {
    kind: 'AuthFailed',
    detail: badKey,
    at: [400, 401, 403],
    words: [
      'invalid_api_key',
      'api_key_invalid',
      'authentication_error',
      'invalid_authentication',
      'permission_error',
      'permission_denied',
      'unauthorized',
      'forbidden',
    ],
  },
  // xAI; Google behind its OpenAI front.
  { kind: 'AuthFailed', detail: badKey, at: [400], message: /^(?:incorrect api key|api key not valid)/i },
]

const capability: readonly ErrorRule[] = [
  {
    kind: 'BadRequest',
    detail: incapable,
    words: ['not_supported_error'],
    hopeless: true,
  },
  {
    kind: 'BadRequest',
    detail: incapable,
    at: [500],
    // llama.cpp reports what it was not started with as a failure of its own.
    message: /^(?:image|audio|video|file) input is not supported|^this server does not support/i,
    hopeless: true,
  },
]

const availability: readonly ErrorRule[] = [
  // Groq: the model wrote a tool call that does not parse. The caller did nothing wrong.
  {
    kind: 'InvalidResponse',
    detail: 'the provider refuses the tool call that its model wrote',
    words: ['tool_use_failed'],
  },
  {
    kind: 'Overloaded',
    detail: overloaded,
    at: [498, 500, 502, 503, 529],
    words: [
      'server_is_overloaded',
      'service_unavailable_error',
      'overloaded_error',
      'engine_overloaded',
      'capacity_exceeded',
      'slow_down',
      'unavailable',
    ],
  },
  {
    kind: 'RateLimited',
    detail: 'the provider limits the rate',
    at: [429],
    // 1300 is Mistral's.
    words: [
      'rate_limit_exceeded',
      'rate_limit_error',
      'rate_limited',
      'too_many_requests',
      'resource_exhausted',
      '1300',
    ],
  },
]

export const openAiErrors: readonly ErrorRule[] = [
  ...overflow,
  ...account,
  ...model,
  ...guardrail,
  ...credential,
  ...capability,
  ...availability,
]

/** What an error inside a 200 means when neither a rule nor a numeric code tells: by its type alone. */
export const openAiStatusOfWord: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  invalid_request: 400,
  not_found_error: 404,
  timeout: 408,
  timeout_error: 408,
  server_error: 500,
  internal_server_error: 500,
  api_error: 500,
  ...responsesStatusOfWord,
}
