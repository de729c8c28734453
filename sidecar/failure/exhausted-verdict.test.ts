import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type FailureKind, failureKinds } from '../../crds/vocabulary.ts'
import { type ExhaustedEntry, verdictOf } from './exhausted-verdict.ts'

function failed(kind: FailureKind, more: Partial<ExhaustedEntry['failure']> = {}): ExhaustedEntry {
  return { failure: { kind, detail: 'x', ...more }, isSkip: false }
}

function skipped(kind: FailureKind, reopensInMs?: number): ExhaustedEntry {
  return { failure: { kind, detail: 'x' }, isSkip: true, ...(reopensInMs !== undefined && { reopensInMs }) }
}

function told(entries: readonly ExhaustedEntry[]) {
  const { failure, status, retryAfterSeconds, mayRetry } = verdictOf(entries)
  return [failure.kind, status, retryAfterSeconds, mayRetry]
}

test('the shortest known wait wins over everything else', () => {
  const entries = [
    failed('ServerError'),
    failed('RateLimited', { retryAfterMs: 20_000 }),
    skipped('CircuitOpen', 7_200),
    failed('Overloaded'),
  ]
  assert.deepEqual(told(entries), ['CircuitOpen', 503, 8, true])
})

test('an overload without a hint asks for a second, and comes last', () => {
  assert.deepEqual(told([failed('AuthFailed'), failed('Overloaded')]), ['Overloaded', 503, 1, true])
  assert.deepEqual(told([failed('Overloaded'), failed('RateLimited', { retryAfterMs: 9000 })]), [
    'RateLimited',
    429,
    9,
    true,
  ])
})

test('a rate limit that names no wait claims none', () => {
  assert.deepEqual(told([failed('RateLimited')]), ['RateLimited', 429, undefined, true])
})

test('a wait below a second is rounded up to a whole one', () => {
  assert.deepEqual(told([failed('RateLimited', { retryAfterMs: 3 })]), ['RateLimited', 429, 1, true])
})

test('a wait longer than a client sleeps is told, and not to be slept through', () => {
  assert.deepEqual(told([failed('RateLimited', { retryAfterMs: 200_000 })]), ['RateLimited', 429, 200, false])
})

test('a rate limit that asking again cannot cure helps nobody by waiting', () => {
  const entries = [failed('RateLimited', { hopeless: true }), failed('ServerError')]
  assert.deepEqual(told(entries), ['RateLimited', 429, undefined, false])
})

test('where no wait helps the first failure is told, before any skip', () => {
  assert.deepEqual(told([skipped('BudgetExceeded'), failed('ServerError'), failed('Timeout')]), [
    'ServerError',
    503,
    undefined,
    true,
  ])
  assert.deepEqual(told([skipped('ResidencyDenied'), skipped('BudgetExceeded')]), [
    'ResidencyDenied',
    422,
    undefined,
    false,
  ])
})

const statuses: readonly (readonly [FailureKind, number, boolean])[] = [
  ['QuotaExhausted', 429, false],
  ['BudgetExceeded', 429, false],
  ['ServerError', 503, true],
  ['Timeout', 504, true],
  ['ConnectError', 502, true],
  ['InvalidResponse', 502, true],
  ['StreamInterrupted', 502, true],
  ['AuthFailed', 502, false],
  ['ModelUnavailable', 502, false],
  ['ContextOverflow', 400, false],
  ['ResidencyDenied', 422, false],
  ['CapabilityMissing', 422, false],
]

for (const [kind, status, mayRetry] of statuses) {
  test(`${kind} is told as ${status}`, () =>
    assert.deepEqual(told([failed(kind)]), [kind, status, undefined, mayRetry]))
}

test('a bad request keeps the status that the provider gave it', () => {
  assert.equal(verdictOf([failed('BadRequest', { status: 422 })]).status, 422)
  assert.equal(verdictOf([failed('BadRequest', { status: 501 })]).status, 400)
  assert.equal(verdictOf([failed('GuardrailBlocked')]).status, 400)
})

test('a walk that met nothing has no verdict', () => {
  assert.throws(() => verdictOf([]), RangeError)
})

test('always an error status, and a retry-after of whole seconds or none', () => {
  const entry = fc.record({
    failure: fc.record({
      kind: fc.constantFrom(...failureKinds),
      detail: fc.constant('x'),
    }),
    isSkip: fc.boolean(),
    reopensInMs: fc.integer({ min: 0, max: 3_600_000 }),
  })
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1 }), entries => {
      const { status, retryAfterSeconds, failure } = verdictOf(entries)
      assert.ok(status >= 400 && status <= 599)
      assert.ok(
        retryAfterSeconds === undefined || (Number.isInteger(retryAfterSeconds) && retryAfterSeconds >= 1),
      )
      assert.ok(entries.some(one => one.failure === failure))
    }),
  )
})
