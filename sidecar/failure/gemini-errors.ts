// Google's Gemini API and Vertex. In the order in which the rules are asked.
import { longQuotaWord } from './error-facts.ts'
import type { ErrorRule } from './error-rules.ts'

const badCredential = 'the provider refuses the credential'
const quotaIsSpent = 'a quota of the account is used up'

export const geminiErrors: readonly ErrorRule[] = [
  // A bad key is a 400 here.
  {
    kind: 'AuthFailed',
    detail: badCredential,
    words: [
      'api_key_invalid',
      'api_key_service_blocked',
      'api_key_http_referrer_blocked',
      'api_key_ip_address_blocked',
      'access_token_expired',
      'access_token_type_unsupported',
      'service_disabled',
      'consumer_invalid',
      'consumer_suspended',
      'account_state_invalid',
    ],
  },
  {
    kind: 'AuthFailed',
    detail: badCredential,
    at: [400],
    message: /^API key (?:not valid|expired|not found)/i,
  },
  {
    kind: 'ContextOverflow',
    detail: 'the prompt does not fit the context window',
    at: [400, 413],
    message:
      /input token count .{0,80}(?:exceeds|model only supports up to)|exceeds the maximum number of (?:input )?tokens/i,
  },
  {
    kind: 'ContextOverflow',
    detail: 'the provider finds the request too large',
    at: [400, 413],
    message: /^Request payload size exceeds the limit/i,
  },
  {
    kind: 'QuotaExhausted',
    detail: 'a daily quota of the account is used up',
    at: [429],
    words: [longQuotaWord],
  },
  { kind: 'QuotaExhausted', detail: quotaIsSpent, at: [429], message: /\blimit: 0\b/ },
  { kind: 'QuotaExhausted', detail: quotaIsSpent, words: ['billing_disabled'] },
  {
    kind: 'QuotaExhausted',
    detail: 'the provider wants billing to be set up',
    at: [400, 403],
    words: ['failed_precondition', 'permission_denied'],
    message: /\bbilling\b/i,
  },
  {
    kind: 'ModelUnavailable',
    detail: 'the provider does not serve the place that the request comes from',
    at: [400],
    words: ['failed_precondition'],
    message: /location is not supported/i,
  },
  // Files and cached prompts belong to the request: without them another provider would answer another question.
  {
    kind: 'BadRequest',
    detail: 'the provider does not find what the request refers to',
    at: [403, 404],
    message: /^(?:CachedContent not found|You do not have permission to access the File|(?:The )?File )/i,
  },
  { kind: 'AuthFailed', detail: badCredential, words: ['unauthenticated', 'permission_denied'] },
  { kind: 'ModelUnavailable', detail: 'the provider does not know the model', words: ['not_found'] },
  { kind: 'RateLimited', detail: 'the provider limits the rate', at: [429], words: ['resource_exhausted'] },
  { kind: 'Overloaded', detail: 'the provider is overloaded', words: ['unavailable'] },
  {
    kind: 'Timeout',
    detail: 'the provider gave up waiting for its own answer',
    words: ['deadline_exceeded'],
  },
]

/** What an error inside a 200 means when no rule tells: by its canonical code (google.rpc.Code). */
export const geminiStatusOfWord: Readonly<Record<string, number>> = {
  invalid_argument: 400,
  failed_precondition: 400,
  out_of_range: 400,
  already_exists: 409,
  aborted: 409,
  cancelled: 499,
  internal: 500,
  unknown: 500,
  data_loss: 500,
  unimplemented: 501,
}
