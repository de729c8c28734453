import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consecutiveFailures } from './trip-rules.ts'

test('trips at the last of so many failures in a row', () => {
  const rule = consecutiveFailures({ failures: 3, windowMs: 1000 })
  assert.deepEqual(
    [0, 1, 2].map(now => rule.recordFailure(now)),
    [false, false, true],
  )
})

test('a single failure trips where one is enough', () => {
  assert.equal(consecutiveFailures({ failures: 1, windowMs: 1000 }).recordFailure(0), true)
})

test('a success or a reset forgets the failures before it', () => {
  const rule = consecutiveFailures({ failures: 2, windowMs: 1000 })
  rule.recordFailure(0)
  rule.recordSuccess()
  assert.equal(rule.recordFailure(1), false)
  rule.reset()
  assert.equal(rule.recordFailure(2), false)
  assert.equal(rule.recentFailures, 1)
})

test('the window slides: only failures inside it count', () => {
  const rule = consecutiveFailures({ failures: 3, windowMs: 1000 })
  assert.deepEqual(
    [0, 900, 1500, 1800].map(now => rule.recordFailure(now)),
    [false, false, false, true],
  )
})
