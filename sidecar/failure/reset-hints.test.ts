import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dialects } from '../../crds/vocabulary.ts'
import { parseGoDurationMs } from './go-duration.ts'
import { type ResetHintSource, readRetryAfterMs } from './reset-hints.ts'

const wallTime = Date.UTC(2026, 5, 1, 12, 0, 0)

function read(headers: Record<string, string>, more: Partial<ResetHintSource> = {}): number | undefined {
  return readRetryAfterMs({ dialect: 'OpenAI', status: 429, headers, wallTime, ...more })
}

test('the longest of retry-after and retry-after-ms holds', () => {
  assert.equal(read({ 'retry-after': '1', 'retry-after-ms': '494' }), 1000)
  assert.equal(read({ 'retry-after': '1', 'retry-after-ms': '0' }), 1000)
  assert.equal(read({ 'retry-after-ms': '1500', 'retry-after': '1' }), 1500)
})

test('a wait of nothing is none', () => {
  assert.equal(read({ 'retry-after': '0', 'retry-after-ms': '0' }), undefined)
})

test('reads dates against our clock, or against the answer itself when ours is off', () => {
  const date = 'Mon, 01 Jun 2026 12:00:30 GMT'
  assert.equal(read({ 'retry-after': date }), 30_000)
  assert.equal(read({ 'retry-after': date, date: 'Mon, 01 Jun 2026 12:00:20 GMT' }), 10_000)
  assert.equal(read({ 'retry-after': date, date: 'Thu, 01 Jan 2015 00:00:00 GMT' }), 30_000)
  assert.equal(read({ 'retry-after': 'Mon, 01 Jun 2026 11:00:00 GMT' }), undefined)
})

test('reads the headers of the IETF drafts where their bucket is empty', () => {
  assert.equal(read({ 'ratelimit-remaining': '0', 'ratelimit-reset': '12' }), 12_000)
  assert.equal(read({ 'ratelimit-remaining': '3', 'ratelimit-reset': '12' }), undefined)
  assert.equal(read({ ratelimit: '"api";r=0;t=7' }), 7000)
  assert.equal(read({ ratelimit: '"burst";r=5;t=90, "day";r=0;t=30' }), 30_000)
  assert.equal(read({ ratelimit: '"api";r=2;t=7' }), undefined)
  assert.equal(read({ ratelimit: 'odd', 'retry-after': '1' }), 1000)
})

test('ignores retry-after on an answer that is no error', () => {
  assert.equal(read({ 'retry-after': '30' }, { status: 200 }), undefined)
})

test('cuts a wait to a day', () => {
  assert.equal(read({ 'retry-after': '999999999' }), 86_400_000)
})

test('a repeated header counts by its first value', () => {
  assert.equal(read({ 'retry-after': '3, req_123' }), 3000)
})

test('Google puts the wait into the details of the body', () => {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '48.5s' }]
  assert.equal(read({}, { body: { error: { details } } }), 48_500)
  assert.equal(read({}, { body: [{ error: { details } }], dialect: 'Gemini' }), 48_500)
})

test('messages count for the vendors that put waits there, and only when the status says later', () => {
  const message = 'Rate limit reached. Please try again in 1m0.052s. Visit …'
  assert.equal(read({}, { message }), 60_052)
  assert.equal(read({}, { message, status: 400 }), undefined)
  assert.equal(read({}, { message, dialect: 'Anthropic' }), undefined)
  assert.equal(read({}, { message: 'Please retry after 20 seconds.', dialect: 'AzureOpenAI' }), 20_000)
})

test('a bucket counts only when it is used up and nobody said more', () => {
  const used = { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '1m0.052s, req_1' }
  const full = { 'x-ratelimit-remaining-requests': '9', 'x-ratelimit-reset-requests': '5m' }
  assert.equal(read({ ...used, ...full }), 60_052)
  assert.equal(read({ ...used, 'retry-after': '2' }), 2000)
  assert.equal(read(full), undefined)
})

test('a bare number as reset of a dimension has no unit, and so no meaning', () => {
  assert.equal(read({ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '2146' }), undefined)
})

test('the reset without a dimension is in seconds, or a point in time', () => {
  const used = { 'x-ratelimit-remaining': '0' }
  assert.equal(read({ ...used, 'x-ratelimit-reset': '7' }), 7000)
  assert.equal(read({ ...used, 'x-ratelimit-reset': String(wallTime / 1000 + 9) }), 9000)
  assert.equal(read({ ...used, 'x-ratelimit-reset': String(wallTime + 9500) }), 9500)
})

test('Anthropic names the moment of the reset', () => {
  const headers = {
    'anthropic-ratelimit-input-tokens-remaining': '0',
    'anthropic-ratelimit-input-tokens-reset': '2026-06-01T12:00:16Z',
    'anthropic-ratelimit-requests-remaining': '40',
    'anthropic-ratelimit-requests-reset': '2026-06-01T12:30:00Z',
  }
  assert.equal(read(headers, { dialect: 'Anthropic' }), 16_000)
})

test('understands durations as Go prints them and nothing else', () => {
  const durations = { '12ms': 12, '1.182s': 1182, '20m52.666s': 1_252_666, '1h0m5s': 3_605_000, '0s': 0 }
  for (const [text, ms] of Object.entries(durations))
    assert.equal(Math.round(parseGoDurationMs(text) ?? -1), ms)
  for (const text of ['', '7', 's', '1.s', '-1s', '1s ', '1w'])
    assert.equal(parseGoDurationMs(text), undefined)
})

test('never throws and never asks for a wait that is none', () => {
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom('0', '-5', 'NaN', '1e309', 'Infinity', '12ms', '9999999h'),
    fc.double().map(String),
    fc.date({ noInvalidDate: true }).map(date => date.toUTCString()),
    fc.date({ noInvalidDate: true }).map(date => date.toISOString()),
  )
  const name = fc.constantFrom(
    'retry-after',
    'retry-after-ms',
    'date',
    'x-ratelimit-reset',
    'x-ratelimit-remaining',
    'x-ratelimit-remaining-tokens',
    'x-ratelimit-reset-tokens',
    'anthropic-ratelimit-tokens-remaining',
    'anthropic-ratelimit-tokens-reset',
  )
  const source = fc.record({
    dialect: fc.constantFrom(...dialects),
    status: fc.integer({ min: 100, max: 599 }),
    headers: fc.dictionary(name, value),
    body: fc.anything(),
    message: fc.string(),
    wallTime: fc.integer(),
  })
  fc.assert(
    fc.property(source, anything => {
      const wait = readRetryAfterMs(anything)
      assert.ok(wait === undefined || (wait > 0 && wait <= 86_400_000))
    }),
    { numRuns: 500 },
  )
})
