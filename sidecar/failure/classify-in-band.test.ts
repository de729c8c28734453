import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type DialectName, dialects, type FailureKind } from '../../crds/vocabulary.ts'
import { classifyInBandError } from './classify-in-band.ts'

const rows: readonly (readonly [about: string, kind: FailureKind, dialect: DialectName, error: unknown])[] = [
  [
    'an overload event',
    'Overloaded',
    'Anthropic',
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
  ],
  ['its inner error alone', 'Overloaded', 'Anthropic', { type: 'overloaded_error', message: 'Overloaded' }],
  [
    'a server failure',
    'ServerError',
    'Anthropic',
    { type: 'error', error: { type: 'api_error', message: 'x' } },
  ],
  [
    'a rate limit',
    'RateLimited',
    'Anthropic',
    { type: 'error', error: { type: 'rate_limit_error', message: 'x' } },
  ],
  [
    'a bad request',
    'BadRequest',
    'Anthropic',
    { type: 'error', error: { type: 'invalid_request_error', message: 'x' } },
  ],
  [
    'a long prompt',
    'ContextOverflow',
    'Anthropic',
    { type: 'invalid_request_error', message: 'prompt is too long: 9 > 8' },
  ],
  ['a numeric 429', 'RateLimited', 'OpenAI', { error: { code: 429, message: 'x' } }],
  ['a numeric 502', 'ServerError', 'OpenAI', { error: { code: 502, message: 'x' }, choices: [] }],
  ['a numeric 503', 'Overloaded', 'OpenAI', { error: { code: '503', message: 'x' } }],
  [
    'a code that outranks its type',
    'RateLimited',
    'OpenAI',
    {
      error: { type: 'invalid_request_error', code: 'rate_limit_exceeded', message: 'x' },
    },
  ],
  ['a quota', 'QuotaExhausted', 'OpenAI', { type: 'error', code: 'insufficient_quota', message: 'x' }],
  [
    'a server failure in an event of the Responses kind',
    'ServerError',
    'OpenAI',
    {
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'server_error', message: 'x' } },
    },
  ],
  [
    'a policy that stopped a response',
    'GuardrailBlocked',
    'OpenAI',
    { type: 'response.failed', response: { error: { code: 'bio_policy', message: 'x' } } },
  ],
  [
    'a picture that a response could not read',
    'BadRequest',
    'OpenAI',
    { type: 'response.failed', response: { error: { code: 'invalid_image_format', message: 'x' } } },
  ],
  [
    'a store that a response waited for in vain',
    'Timeout',
    'OpenAI',
    { type: 'response.failed', response: { error: { code: 'vector_store_timeout', message: 'x' } } },
  ],
  [
    'a tool call that its model spoiled',
    'InvalidResponse',
    'OpenAI',
    {
      error: { type: 'invalid_request_error', code: 'tool_use_failed', status_code: 400, message: 'x' },
    },
  ],
  ['a content filter', 'GuardrailBlocked', 'OpenAI', { error: { code: 'content_filter', message: 'x' } }],
  ['a bare string', 'ServerError', 'OpenAI', { error: 'something broke' }],
  ['nothing known', 'ServerError', 'OpenAI', { error: { message: 'boom' } }],
  ['no error at all', 'ServerError', 'OpenAI', null],
]

for (const [about, kind, dialect, error] of rows) {
  test(`${dialect}, inside a 200: ${about} is ${kind}`, () => {
    const failure = classifyInBandError({ dialect, error })
    assert.equal(failure.kind, kind)
    assert.equal(failure.status, undefined)
  })
}

test('a rate limit inside a stream keeps the wait that it names', () => {
  const error = { code: 'rate_limit_exceeded', message: 'Rate limit reached. Please try again in 1.5s.' }
  assert.equal(classifyInBandError({ dialect: 'OpenAI', error }).retryAfterMs, 1500)
})

test('never throws, whatever stands in the event', () => {
  fc.assert(
    fc.property(fc.constantFrom(...dialects), fc.anything(), (dialect, error) => {
      assert.equal(typeof classifyInBandError({ dialect, error }).kind, 'string')
    }),
  )
})
