// Answers built after what the vendor documents or users report; none of these is a recording. Recordings are replayed by
// the conformance suite.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FailureKind } from '../../crds/vocabulary.ts'
import { classifyInBandError } from './classify-in-band.ts'
import { classifyResponse } from './classify-response.ts'

interface GoogleError {
  readonly status: string
  readonly message: string
  readonly details?: readonly unknown[]
}

const rows: readonly (readonly [about: string, kind: FailureKind, status: number, error: GoogleError])[] = [
  [
    'a throttled request',
    'RateLimited',
    429,
    { status: 'RESOURCE_EXHAUSTED', message: 'Resource exhausted.' },
  ],
  [
    'a prompt too long for Vertex',
    'ContextOverflow',
    400,
    {
      status: 'INVALID_ARGUMENT',
      message: 'Unable to submit request because the input token count is 9 but model only supports up to 8.',
    },
  ],
  [
    'a quota of zero',
    'QuotaExhausted',
    429,
    { status: 'RESOURCE_EXHAUSTED', message: 'Quota exceeded for metric: x, limit: 0\nPlease retry in 2s.' },
  ],
  [
    'a daily quota',
    'QuotaExhausted',
    429,
    {
      status: 'RESOURCE_EXHAUSTED',
      message: 'You exceeded your current quota',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
          violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }],
        },
      ],
    },
  ],
  ['an empty prepaid account', 'QuotaExhausted', 402, { status: 'RESOURCE_EXHAUSTED', message: 'x' }],
  ['an overload', 'Overloaded', 503, { status: 'UNAVAILABLE', message: 'The model is overloaded.' }],
  ['a failing server', 'ServerError', 500, { status: 'INTERNAL', message: 'x' }],
  ['a timeout', 'Timeout', 504, { status: 'DEADLINE_EXCEEDED', message: 'x' }],
  ['a cancelled call', 'ServerError', 499, { status: 'CANCELLED', message: 'x' }],
  ['a forbidden key', 'AuthFailed', 403, { status: 'PERMISSION_DENIED', message: 'x' }],
  ['a missing token', 'AuthFailed', 401, { status: 'UNAUTHENTICATED', message: 'x' }],
  [
    'an expired key',
    'AuthFailed',
    400,
    { status: 'INVALID_ARGUMENT', message: 'API key expired. Renew it.' },
  ],
  [
    'a lost cache',
    'BadRequest',
    403,
    { status: 'PERMISSION_DENIED', message: 'CachedContent not found (or …)' },
  ],
  ['a missing model', 'ModelUnavailable', 404, { status: 'NOT_FOUND', message: 'models/x is not found' }],
  [
    'a prompt that is too long',
    'ContextOverflow',
    400,
    {
      status: 'INVALID_ARGUMENT',
      message: 'The input token count (9) exceeds the maximum number of tokens allowed (8).',
    },
  ],
  [
    'too many bytes',
    'ContextOverflow',
    400,
    { status: 'INVALID_ARGUMENT', message: 'Request payload size exceeds the limit: 20971520 bytes.' },
  ],
  [
    'a region without service',
    'ModelUnavailable',
    400,
    { status: 'FAILED_PRECONDITION', message: 'User location is not supported for the API use.' },
  ],
  ['a wrong request', 'BadRequest', 400, { status: 'INVALID_ARGUMENT', message: 'Invalid value at x' }],
]

for (const [about, kind, status, error] of rows) {
  test(`${about} is ${kind}`, () => {
    const body = { error: { code: status, ...error } }
    const judge = (value: unknown) =>
      classifyResponse({ dialect: 'Gemini', status, headers: {}, body: Buffer.from(JSON.stringify(value)) })
        .kind
    assert.equal(judge(body), kind)
    assert.equal(judge([body]), kind)
    assert.equal(classifyInBandError({ dialect: 'Gemini', error: body }).kind, kind)
  })
}

test('waits as long as the error itself says, which has no header for it', () => {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '48.9s' }]
  const error = { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'x', details }
  const body = Buffer.from(JSON.stringify({ error }))
  assert.equal(classifyResponse({ dialect: 'Gemini', status: 429, headers: {}, body }).retryAfterMs, 48_900)
})
