import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dialects } from '../../crds/vocabulary.ts'
import { classifyResponse } from './classify-response.ts'
import type { Failure } from './failure.ts'

type Headers = Readonly<Record<string, string>>

function openAi(status: number, body: unknown, headers: Headers = {}): Failure {
  return classify('OpenAI', { status, body, headers })
}

function anthropic(status: number, error: unknown, headers: Headers = {}): Failure {
  return classify('Anthropic', { status, body: { type: 'error', error, request_id: 'req_1' }, headers })
}

function classify(
  dialect: 'OpenAI' | 'Anthropic',
  { status, body, headers = {} }: { status: number; body: unknown; headers?: Headers },
): Failure {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return classifyResponse({ dialect, status, headers, body: Buffer.from(text), wallTime: 0 })
}

const error = (code: string | number | null, message: string, type = 'invalid_request_error') => ({
  error: { message, type, param: null, code },
})

test('a prompt that is echoed in a credential error does not make it an overflow', () => {
  assert.equal(openAi(401, error(null, 'bad key; you sent: maximum context length')).kind, 'AuthFailed')
})

test('a full bucket and no word of waiting make a 429 an overflow, even without the usual text', () => {
  const headers = { 'x-ratelimit-limit-tokens': '1000', 'x-ratelimit-remaining-tokens': '1000' }
  const failure = openAi(429, error('rate_limit_exceeded', 'Too much at once', 'tokens'), headers)
  assert.equal(failure.kind, 'ContextOverflow')
  assert.equal(failure.hopeless, true)
})

test('a full bucket with a wait remains a rate limit', () => {
  const headers = {
    'x-ratelimit-limit-tokens': '1000',
    'x-ratelimit-remaining-tokens': '1000',
    'retry-after': '2',
  }
  const failure = openAi(429, error('rate_limit_exceeded', 'Too much at once', 'tokens'), headers)
  assert.deepEqual([failure.kind, failure.retryAfterMs], ['RateLimited', 2000])
})

test('Anthropic: x-should-retry false with an empty bucket is a rate limit, not an overflow', () => {
  const headers = {
    'x-should-retry': 'false',
    'anthropic-ratelimit-input-tokens-limit': '1000',
    'anthropic-ratelimit-input-tokens-remaining': '0',
  }
  const failure = anthropic(429, { type: 'rate_limit_error', message: 'x' }, headers)
  assert.equal(failure.kind, 'RateLimited')
  assert.equal(failure.hopeless, true)
})

test('a wait beyond five minutes is a quota, and the wait is kept', () => {
  const failure = openAi(429, error('rate_limit_exceeded', 'Please try again in 9m38.016s', 'tokens'))
  assert.deepEqual([failure.kind, failure.retryAfterMs], ['QuotaExhausted', 578_016])
})

test('a long wait for an overload stays an overload', () => {
  const failure = openAi(503, '', { 'retry-after': '3600' })
  assert.deepEqual([failure.kind, failure.retryAfterMs], ['Overloaded', 3_600_000])
})

test('keeps the answer of a bad request as it came, and of a bad key never', () => {
  const body = error('unsupported_value', 'no')
  const kept = openAi(400, body, { 'content-type': 'application/octet-stream' }).answer
  assert.deepEqual(kept, {
    status: 400,
    contentType: 'application/octet-stream',
    body: Buffer.from(JSON.stringify(body)),
  })
  assert.equal(openAi(400, body).answer?.contentType, 'application/json')
  assert.equal(openAi(401, body).answer, undefined)
})

test('the message is confidential, cut to its bound, and not in the detail', () => {
  const failure = openAi(400, error(null, 'secret '.repeat(1000)))
  assert.equal(failure.message?.reveal().length, 2000)
  assert.ok(!JSON.stringify({ ...failure, answer: undefined }).includes('secret'))
})

test('reads JSON whatever the content type and the byte order mark', () => {
  const body = `\uFEFF${JSON.stringify(error('invalid_api_key', 'bad'))}`
  assert.equal(openAi(400, body, { 'content-type': 'text/plain' }).kind, 'AuthFailed')
})

test('a page for people is no message, a plain sentence is one', () => {
  assert.equal(openAi(502, '<html>secret</html>').message, undefined)
  assert.equal(openAi(408, 'upstream request timeout').message?.reveal(), 'upstream request timeout')
})

test('never throws and always knows a kind', () => {
  const anyAnswer = fc.record({
    dialect: fc.constantFrom(...dialects),
    status: fc.integer({ min: 100, max: 999 }),
    headers: fc.dictionary(
      fc.constantFrom('retry-after', 'x-should-retry', 'date', 'x-ratelimit-reset-tokens'),
      fc.string(),
    ),
    body: fc.oneof(
      fc.uint8Array().map(bytes => Buffer.from(bytes)),
      fc.json().map(text => Buffer.from(text)),
      fc.jsonValue().map(value => Buffer.from(JSON.stringify({ error: value }))),
    ),
  })
  fc.assert(
    fc.property(anyAnswer, answer => {
      const failure = classifyResponse(answer)
      assert.equal(typeof failure.kind, 'string')
      assert.ok(failure.retryAfterMs === undefined || failure.retryAfterMs > 0)
    }),
  )
})
