// Answers built after what the vendors document or users report; none of these is a recording. Recordings are replayed by
// the conformance suite.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FailureKind } from '../../crds/vocabulary.ts'
import { classifyResponse } from './classify-response.ts'

const error = (code: string | number | null, message: string, type = 'invalid_request_error') => ({
  error: { message, type, param: null, code },
})

const openAiRows: readonly (readonly [about: string, kind: FailureKind, status: number, body: unknown])[] = [
  [
    'a throttled request',
    'RateLimited',
    429,
    error('rate_limit_exceeded', 'Rate limit reached for m', 'tokens'),
  ],
  ['too fast a ramp', 'RateLimited', 429, error('slow_down', 'Slow down', 'rate_limit_error')],
  [
    'an empty quota',
    'QuotaExhausted',
    429,
    error('insufficient_quota', 'You exceeded', 'insufficient_quota'),
  ],
  ['an empty balance', 'QuotaExhausted', 429, error('credit_balance_exhausted', 'No credit', 'billing')],
  ['an empty balance told as 401', 'QuotaExhausted', 401, error('insufficient_quota', 'No credit')],
  ['payment required', 'QuotaExhausted', 402, error(null, 'Insufficient Balance', 'unknown_error')],
  [
    'an overloaded server',
    'Overloaded',
    503,
    error('server_is_overloaded', 'x', 'service_unavailable_error'),
  ],
  ['an overload told as 500', 'Overloaded', 500, error('server_is_overloaded', 'x', 'server_error')],
  ['a failing server', 'ServerError', 500, error(null, 'The server had an error', 'server_error')],
  ['a prompt too long', 'ContextOverflow', 400, error('context_length_exceeded', 'x')],
  [
    'a prompt too long behind a 500',
    'ContextOverflow',
    500,
    error(null, "model's maximum context length is 8"),
  ],
  ['a request too large for the tier', 'ContextOverflow', 413, error('request_too_large', 'x')],
  ['a bad key', 'AuthFailed', 401, error('invalid_api_key', 'Incorrect API key provided: sk-a***z')],
  [
    'a bad key told as 400',
    'AuthFailed',
    400,
    { code: 'invalid-argument', error: 'Incorrect API key provided' },
  ],
  ['a forbidden region', 'AuthFailed', 403, error('unsupported_country_region_territory', 'x')],
  ['an unknown model', 'ModelUnavailable', 404, error('model_not_found', 'x')],
  ['a model the project may not use', 'ModelUnavailable', 403, error('model_not_found', 'x')],
  ['an unknown model told as 400', 'ModelUnavailable', 400, error('model_not_found', 'x')],
  [
    'an unknown model at xAI',
    'ModelUnavailable',
    400,
    { code: 'invalid-argument', error: 'The model g does not exist' },
  ],
  ['a flagged prompt', 'GuardrailBlocked', 400, error('invalid_prompt', 'flagged as potentially violating')],
  ['a content filter', 'GuardrailBlocked', 400, error('content_filter', 'The response was filtered')],
  [
    'a moderated prompt',
    'GuardrailBlocked',
    403,
    error(403, 'm requires moderation and your input was flagged'),
  ],
  [
    'an unsupported parameter',
    'BadRequest',
    400,
    error('unsupported_parameter', 'use max_completion_tokens'),
  ],
  [
    'an unprocessable request',
    'BadRequest',
    422,
    { detail: [{ type: 'missing', loc: ['model'], msg: 'Required' }] },
  ],
  ['a conflict', 'BadRequest', 409, error(null, 'conflict')],
  ['full capacity (flex)', 'Overloaded', 498, error('capacity_exceeded', 'x')],
  [
    'a rate limit with a flat body',
    'RateLimited',
    429,
    { object: 'error', message: 'x', type: 'rate_limited', code: '1300' },
  ],
  [
    'an overflow with a flat body',
    'ContextOverflow',
    400,
    { object: 'error', message: 'maximum context length is 9', code: 400 },
  ],
  [
    'an overflow by count',
    'ContextOverflow',
    400,
    error(400, 'You passed 9001 input tokens and requested 10 output tokens'),
  ],
  ['a missing capability as 501', 'BadRequest', 501, error(501, 'no embeddings here', 'not_supported_error')],
  [
    'an overflow behind an aggregator',
    'ContextOverflow',
    400,
    {
      error: {
        message: 'Provider returned error',
        code: 400,
        metadata: { raw: JSON.stringify(error(null, 'prompt too long')) },
      },
    },
  ],
  [
    'a daily quota behind a Google front',
    'QuotaExhausted',
    429,
    [
      {
        error: {
          code: 429,
          status: 'RESOURCE_EXHAUSTED',
          details: [{ violations: [{ quotaId: 'RequestsPerDayPerModel' }] }],
        },
      },
    ],
  ],
  [
    'a prompt too long for a Grok',
    'ContextOverflow',
    400,
    {
      code: 'invalid-argument',
      error: "This model's maximum prompt length is 10 but the request contains 20.",
    },
  ],
  [
    'a prompt too long for an older vLLM',
    'ContextOverflow',
    400,
    error(
      400,
      'The decoder prompt (length 9) is longer than the maximum model length of 4.',
      'BadRequestError',
    ),
  ],
  [
    'a prompt too long for a server of Hugging Face',
    'ContextOverflow',
    422,
    error(null, 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8. Given: 9 and 1'),
  ],
  [
    'spent credits at xAI',
    'QuotaExhausted',
    429,
    {
      code: 'x',
      error: 'Your team has either used all available credits or reached its monthly spending limit.',
    },
  ],
  [
    'no credits yet at xAI',
    'QuotaExhausted',
    403,
    { code: 'x', error: "Your newly created team doesn't have any credits yet." },
  ],
  ['a model that is gone', 'ModelUnavailable', 400, error('model_decommissioned', 'The model has been …')],
  ['a model unknown to DeepSeek', 'ModelUnavailable', 400, error('invalid_request_error', 'Model Not Exist')],
  [
    'a prompt refused by DeepSeek',
    'GuardrailBlocked',
    400,
    error('invalid_request_error', 'Content Exists Risk'),
  ],
  ['an item that was not kept', 'BadRequest', 404, error(null, "Item with id 'rs_1' not found.")],
  ['an answer that was not kept', 'BadRequest', 404, error('previous_response_not_found', 'not found')],
  ['a page for people', 'ServerError', 502, '<html><body>502 Bad Gateway</body></html>'],
  ['a gateway that waited in vain', 'Timeout', 504, '<html>504</html>'],
  ['a request timeout', 'Timeout', 408, 'upstream request timeout'],
  ['nothing but a status', 'ServerError', 520, ''],
  ['a redirect', 'InvalidResponse', 302, ''],
  ['an error that nobody knows', 'BadRequest', 418, error('teapot', 'short and stout')],
]

for (const [about, kind, status, body] of openAiRows) {
  test(`OpenAI format: ${about} (${status}) is ${kind}`, () => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const failure = classifyResponse({ dialect: 'OpenAI', status, headers: {}, body: Buffer.from(text) })
    assert.equal(failure.kind, kind)
    assert.equal(failure.status, status)
  })
}
