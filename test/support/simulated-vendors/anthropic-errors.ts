// The error answers of Anthropic, shaped as the vendor sends them.
import { sendJson, type VendorCall } from './vendor-server.ts'

export function requestIdHeader(call: VendorCall): Record<string, string> {
  return { 'request-id': requestId(call) }
}

function requestId(call: VendorCall): string {
  return `req_011Sim${String(call.number).padStart(18, '0')}`
}

export function errorBody(call: VendorCall, type: string, message: string): unknown {
  return { type: 'error', error: { type, message }, request_id: requestId(call) }
}

interface AnthropicError {
  readonly status: number
  readonly type: string
  readonly message: string
  readonly shouldRetry: boolean
}

function send(call: VendorCall, error: AnthropicError, headers: Record<string, string> = {}): void {
  sendJson(call, error.status, errorBody(call, error.type, error.message), {
    ...requestIdHeader(call),
    'x-should-retry': String(error.shouldRetry),
    ...headers,
  })
}

export function sendKeyProblem(call: VendorCall): void {
  const isMissing = call.headers['x-api-key'] === undefined && call.headers['authorization'] === undefined
  const message = isMissing ? 'x-api-key header is required' : 'invalid x-api-key'
  send(call, { status: 401, type: 'authentication_error', message, shouldRetry: false })
}

export function sendRateLimit(call: VendorCall): void {
  const seconds = call.options.retryAfterSeconds ?? 20
  const error: AnthropicError = {
    status: 429,
    type: 'rate_limit_error',
    message: "This request would exceed your organization's rate limit of 50,000 input tokens per minute.",
    shouldRetry: true,
  }
  send(call, error, {
    'retry-after': String(seconds),
    'anthropic-ratelimit-input-tokens-limit': '50000',
    'anthropic-ratelimit-input-tokens-remaining': '0',
  })
}

export function sendServerError(call: VendorCall): void {
  send(call, { status: 500, type: 'api_error', message: 'Internal server error', shouldRetry: true })
}

export function sendOverload(call: VendorCall): void {
  send(call, { status: 529, type: 'overloaded_error', message: 'Overloaded', shouldRetry: true })
}

export function sendContextOverflow(call: VendorCall): void {
  const message = 'prompt is too long: 208310 tokens > 200000 maximum'
  send(call, { status: 400, type: 'invalid_request_error', message, shouldRetry: false })
}

export function sendBadRequest(call: VendorCall, message: string): void {
  send(call, { status: 400, type: 'invalid_request_error', message, shouldRetry: false })
}

export function sendUnknownModel(call: VendorCall, model: string): void {
  send(call, { status: 404, type: 'not_found_error', message: `model: ${model}`, shouldRetry: false })
}

export function sendUnknownPath(call: VendorCall): void {
  send(call, { status: 404, type: 'not_found_error', message: 'Not Found', shouldRetry: false })
}
