// Answers built after the vendor's documentation and its client; none of these is a recording.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FailureKind } from '../../crds/vocabulary.ts'
import { classifyInBandError } from './classify-in-band.ts'
import { classifyResponse } from './classify-response.ts'

const rows: readonly (readonly [about: string, kind: FailureKind, status: number, error: unknown])[] = [
  ['a full window', 'ContextOverflow', 400, { error_type: 'TOO_MANY_TOKENS', message: 'too many tokens: x' }],
  ['a full window without a type', 'ContextOverflow', 422, { message: 'too many tokens: total 5' }],
  ['a malformed request', 'BadRequest', 400, { message: 'invalid request: messages is required' }],
  ['a wrong key', 'AuthFailed', 401, { message: 'invalid api token' }],
  ['a token that has expired', 'AuthFailed', 498, { message: 'invalid token' }],
  ['an unknown model', 'ModelUnavailable', 404, { message: "model 'x' not found, make sure …" }],
  ['a retired model', 'ModelUnavailable', 400, { message: "model 'command' was removed on September 15" }],
  ['a busy moment', 'RateLimited', 429, { message: 'trial key rate limit: 20 API calls / minute' }],
  ['a month that is used up', 'QuotaExhausted', 429, { message: 'limited to 1000 API calls / month' }],
  ['an unpaid account', 'QuotaExhausted', 402, { message: 'please add a payment method' }],
  ['a blocked prompt', 'GuardrailBlocked', 400, { message: 'blocked input: try another prompt' }],
  ['a request that the vendor gave up', 'ServerError', 499, { message: 'request cancelled' }],
  ['a lack of capacity', 'Overloaded', 503, { message: 'service unavailable' }],
  ['a gateway that waited', 'Timeout', 504, { message: 'timeout' }],
  ['a missing capability', 'BadRequest', 501, { message: 'not implemented' }],
]

for (const [about, kind, status, error] of rows) {
  test(`Cohere: ${about} is ${kind}`, () => {
    const body = Buffer.from(JSON.stringify(error))
    assert.equal(classifyResponse({ dialect: 'Cohere', status, headers: {}, body }).kind, kind)
  })
}

test('Cohere: a reset is a point in time', () => {
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1800000020' }
  const body = Buffer.from('{"message":"slow down"}')
  const failure = classifyResponse({
    dialect: 'Cohere',
    status: 429,
    headers,
    body,
    wallTime: 1_800_000_000_000,
  })
  assert.equal(failure.retryAfterMs, 20_000)
})

test('Cohere: an error inside a 200 without a known word is the vendor’s', () => {
  assert.equal(classifyInBandError({ dialect: 'Cohere', error: { message: 'oh' } }).kind, 'ServerError')
  const busy = classifyInBandError({ dialect: 'Cohere', error: { error_type: 'TOO_MANY_REQUESTS' } })
  assert.equal(busy.kind, 'RateLimited')
})
