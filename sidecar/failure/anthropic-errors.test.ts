// Answers built after what the vendors document or users report; none of these is a recording. Recordings are replayed by
// the conformance suite.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FailureKind } from '../../crds/vocabulary.ts'
import { classifyResponse } from './classify-response.ts'

const anthropicRows: readonly (readonly [
  about: string,
  kind: FailureKind,
  status: number,
  error: unknown,
])[] = [
  [
    'a throttled request',
    'RateLimited',
    429,
    { type: 'rate_limit_error', message: 'would exceed your rate limit' },
  ],
  [
    'a spending cap',
    'QuotaExhausted',
    429,
    {
      type: 'rate_limit_error',
      message: 'x',
      details: { error_code: 'enforced_spend_limit_reached' },
    },
  ],
  [
    'a cap the customer set',
    'QuotaExhausted',
    400,
    {
      type: 'invalid_request_error',
      message: 'You have reached your specified API usage limits.',
    },
  ],
  [
    'an empty balance',
    'QuotaExhausted',
    400,
    {
      type: 'invalid_request_error',
      message: 'Your credit balance is too low to access the API.',
    },
  ],
  ['billing', 'QuotaExhausted', 402, { type: 'billing_error', message: 'x' }],
  ['an overload', 'Overloaded', 529, { type: 'overloaded_error', message: 'Overloaded' }],
  ['a failing server', 'ServerError', 500, { type: 'api_error', message: 'Internal server error' }],
  ['a timeout', 'Timeout', 504, { type: 'timeout_error', message: 'x' }],
  ['too many bytes', 'ContextOverflow', 413, { type: 'request_too_large', message: 'x' }],
  [
    'a prompt with its answer too long',
    'ContextOverflow',
    400,
    {
      type: 'invalid_request_error',
      message: 'input length and `max_tokens` exceed context limit: 9 + 9 > 10',
    },
  ],
  ['a bad key', 'AuthFailed', 401, { type: 'authentication_error', message: 'invalid x-api-key' }],
  ['a missing permission', 'AuthFailed', 403, { type: 'permission_error', message: 'x' }],
  ['an unknown model', 'ModelUnavailable', 404, { type: 'not_found_error', message: 'model: x' }],
  [
    'a filtered answer',
    'GuardrailBlocked',
    400,
    {
      type: 'invalid_request_error',
      message: 'Output blocked by content filtering policy',
    },
  ],
  ['a bad request', 'BadRequest', 400, { type: 'invalid_request_error', message: 'messages: at least one' }],
]

for (const [about, kind, status, error] of anthropicRows) {
  test(`Anthropic: ${about} (${status}) is ${kind}`, () => {
    const body = Buffer.from(JSON.stringify({ type: 'error', error, request_id: 'req_1' }))
    assert.equal(classifyResponse({ dialect: 'Anthropic', status, headers: {}, body }).kind, kind)
  })
}
