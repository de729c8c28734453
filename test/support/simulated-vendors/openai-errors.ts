// The error answers of OpenAI, shaped as the vendor sends them.
import { sendJson, type VendorCall } from './vendor-server.ts'

interface OpenAiError {
  readonly message: string
  readonly type: string
  readonly param?: string
  readonly code: string | null
}

function errorBody(error: OpenAiError): unknown {
  return { error: { message: error.message, type: error.type, param: error.param ?? null, code: error.code } }
}

export const serverError: unknown = errorBody({
  message: 'The server had an error while processing your request. Sorry about that!',
  type: 'server_error',
  code: null,
})

function send(
  call: VendorCall,
  status: number,
  error: OpenAiError,
  headers: Record<string, string> = {},
): void {
  sendJson(call, status, errorBody(error), { ...requestIdHeader(call), ...headers })
}

export function requestIdHeader(call: VendorCall): Record<string, string> {
  return { 'x-request-id': `req_sim${String(call.number).padStart(26, '0')}` }
}

export function sendKeyProblem(call: VendorCall): void {
  const isMissing = call.headers['authorization'] === undefined
  send(call, 401, {
    message: isMissing
      ? "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
      : 'Incorrect API key provided: wr**ng. You can find your API key at https://platform.openai.com/account/api-keys.',
    type: 'invalid_request_error',
    code: isMissing ? null : 'invalid_api_key',
  })
}

export function sendRateLimit(call: VendorCall, model: string): void {
  const seconds = call.options.retryAfterSeconds ?? 20
  const error: OpenAiError = {
    message: `Rate limit reached for ${model} in organization org-simulated on tokens per min (TPM): Limit 30000, Used 30000, Requested 20. Please try again in ${seconds}s. Visit https://platform.openai.com/account/rate-limits to learn more.`,
    type: 'tokens',
    code: 'rate_limit_exceeded',
  }
  send(call, 429, error, {
    'retry-after': String(seconds),
    'retry-after-ms': String(seconds * 1000),
    'x-ratelimit-limit-tokens': '30000',
    'x-ratelimit-remaining-tokens': '0',
    'x-ratelimit-reset-tokens': `${seconds}s`,
  })
}

export function sendServerError(call: VendorCall): void {
  sendJson(call, 500, serverError, requestIdHeader(call))
}

export function sendOverload(call: VendorCall, status: 503 | 529): void {
  send(call, status, {
    message: 'The server is currently overloaded with other requests. Sorry about that!',
    type: 'service_unavailable_error',
    code: 'server_is_overloaded',
  })
}

export function sendContextOverflow(call: VendorCall): void {
  send(call, 400, {
    message:
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 131072 tokens. Please reduce the length of the messages.",
    type: 'invalid_request_error',
    param: 'messages',
    code: 'context_length_exceeded',
  })
}

export function sendBadRequest(call: VendorCall, message: string, parameter: string): void {
  send(call, 400, { message, type: 'invalid_request_error', param: parameter, code: null })
}

export function sendUnknownModel(call: VendorCall, model: string): void {
  send(call, 404, {
    message: `The model \`${model}\` does not exist or you do not have access to it.`,
    type: 'invalid_request_error',
    code: 'model_not_found',
  })
}

export function sendUnknownPath(call: VendorCall): void {
  send(call, 404, {
    message: `Invalid URL (${call.method} ${call.path})`,
    type: 'invalid_request_error',
    code: null,
  })
}
