// Errors that no public recording shows, built after what the vendors document and what their users report. Statuses, codes
// and headers are theirs; the messages are shortened.
import type { DialectName, FailureKind } from '../../crds/vocabulary.ts'

export interface BuiltError {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
  readonly kind: FailureKind
  readonly retryAfterMs?: number
}

const openAi = (type: string, code: string | null, message = 'it failed') => ({
  error: { message, type, param: null, code },
})
const anthropic = (type: string, message = 'it failed', more: object = {}) => ({
  type: 'error',
  error: { type, message, ...more },
  request_id: 'req_built',
})
const google = (code: number, status: string, message = 'it failed', details: readonly object[] = []) => ({
  error: { code, message, status, details },
})
const aws = (name: string, message = 'it failed') => ({
  headers: { 'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/` },
  body: { message },
})
const retryInfo = (retryDelay: string) => ({
  '@type': 'type.googleapis.com/google.rpc.RetryInfo',
  retryDelay,
})
const perDay = {
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }],
}

const ofOpenAi: readonly BuiltError[] = [
  {
    status: 429,
    headers: { 'retry-after-ms': '494', 'x-ratelimit-remaining-tokens': '0' },
    body: openAi(
      'tokens',
      'rate_limit_exceeded',
      'Rate limit reached for the model. Please try again in 494ms.',
    ),
    kind: 'RateLimited',
    retryAfterMs: 494,
  },
  { status: 429, body: openAi('rate_limit_error', 'slow_down'), kind: 'RateLimited' },
  { status: 429, body: openAi('insufficient_quota', 'insufficient_quota'), kind: 'QuotaExhausted' },
  { status: 429, body: openAi('insufficient_quota', 'credit_balance_exhausted'), kind: 'QuotaExhausted' },
  { status: 503, body: openAi('service_unavailable_error', 'server_is_overloaded'), kind: 'Overloaded' },
  { status: 500, body: openAi('server_error', null), kind: 'ServerError' },
  { status: 400, body: openAi('invalid_request_error', 'invalid_prompt'), kind: 'GuardrailBlocked' },
  { status: 400, body: openAi('invalid_request_error', 'unsupported_parameter'), kind: 'BadRequest' },
  // Servers that speak the same format.
  { status: 402, body: openAi('unknown_error', 'invalid_request_error'), kind: 'QuotaExhausted' },
  { status: 498, body: openAi('capacity_exceeded', 'capacity_exceeded'), kind: 'Overloaded' },
  {
    status: 400,
    body: {
      object: 'error',
      type: 'BadRequestError',
      code: 400,
      message: "This model's maximum context length is 4096 tokens, however you requested 5000.",
    },
    kind: 'ContextOverflow',
  },
  { status: 403, body: { error: { code: 'forbidden', message: 'forbidden' } }, kind: 'AuthFailed' },
  { status: 502, body: '<html><h1>502 Bad Gateway</h1></html>', kind: 'ServerError' },
]

const ofAzure: readonly BuiltError[] = [
  {
    status: 429,
    body: { error: { code: '429', message: 'Rate limit is exceeded. Please retry after 20 seconds.' } },
    kind: 'RateLimited',
    retryAfterMs: 20_000,
  },
  {
    status: 400,
    body: {
      error: {
        code: 'content_filter',
        message: 'The response was filtered.',
        status: 400,
        innererror: { code: 'ResponsibleAIPolicyViolation' },
      },
    },
    kind: 'GuardrailBlocked',
  },
]

const ofAnthropic: readonly BuiltError[] = [
  {
    status: 429,
    headers: { 'retry-after': '16', 'anthropic-ratelimit-input-tokens-remaining': '0' },
    body: anthropic('rate_limit_error'),
    kind: 'RateLimited',
    retryAfterMs: 16_000,
  },
  {
    status: 429,
    body: anthropic('rate_limit_error', 'it failed', {
      details: { error_code: 'enforced_spend_limit_reached' },
    }),
    kind: 'QuotaExhausted',
  },
  { status: 402, body: anthropic('billing_error'), kind: 'QuotaExhausted' },
  { status: 403, body: anthropic('permission_error'), kind: 'AuthFailed' },
  { status: 413, body: anthropic('request_too_large'), kind: 'ContextOverflow' },
  { status: 500, body: anthropic('api_error'), kind: 'ServerError' },
  { status: 504, body: anthropic('timeout_error'), kind: 'Timeout' },
]

const ofGemini: readonly BuiltError[] = [
  {
    status: 429,
    body: google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your quota.', [retryInfo('12.5s')]),
    kind: 'RateLimited',
    retryAfterMs: 12_500,
  },
  {
    status: 429,
    body: google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your quota.', [perDay]),
    kind: 'QuotaExhausted',
  },
  { status: 402, body: google(402, 'RESOURCE_EXHAUSTED'), kind: 'QuotaExhausted' },
  { status: 503, body: google(503, 'UNAVAILABLE', 'The model is overloaded.'), kind: 'Overloaded' },
  { status: 500, body: google(500, 'INTERNAL'), kind: 'ServerError' },
  { status: 504, body: google(504, 'DEADLINE_EXCEEDED'), kind: 'Timeout' },
  { status: 403, body: google(403, 'PERMISSION_DENIED'), kind: 'AuthFailed' },
  { status: 503, body: [google(503, 'UNAVAILABLE')], kind: 'Overloaded' },
]

const ofBedrock: readonly BuiltError[] = [
  { status: 429, ...aws('ThrottlingException', 'Too many requests, please wait.'), kind: 'RateLimited' },
  { status: 429, ...aws('ThrottlingException', 'Too many tokens per day.'), kind: 'QuotaExhausted' },
  { status: 503, ...aws('ServiceUnavailableException'), kind: 'Overloaded' },
  { status: 500, ...aws('InternalServerException'), kind: 'ServerError' },
  { status: 408, ...aws('ModelTimeoutException'), kind: 'Timeout' },
  { status: 424, ...aws('ModelErrorException'), kind: 'ServerError' },
  { status: 400, ...aws('ServiceQuotaExceededException'), kind: 'QuotaExhausted' },
  {
    status: 400,
    ...aws('ValidationException', 'Input is too long for requested model.'),
    kind: 'ContextOverflow',
  },
  { status: 403, ...aws('AccessDeniedException'), kind: 'AuthFailed' },
  { status: 403, ...aws('ExpiredTokenException'), kind: 'AuthFailed' },
]

const ofCohere: readonly BuiltError[] = [
  { status: 429, body: { id: '1', message: 'too many requests' }, kind: 'RateLimited' },
  { status: 503, body: { id: '1', message: 'overloaded' }, kind: 'Overloaded' },
  { status: 500, body: { id: '1', message: 'internal error' }, kind: 'ServerError' },
]

export const builtErrors: Readonly<Record<DialectName, readonly BuiltError[]>> = {
  OpenAI: ofOpenAi,
  AzureOpenAI: [...ofAzure, ...ofOpenAi.slice(0, 2)],
  Anthropic: ofAnthropic,
  Gemini: ofGemini,
  Bedrock: ofBedrock,
  Cohere: ofCohere,
}
