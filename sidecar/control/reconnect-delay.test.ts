import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { reconnectDelay } from './reconnect-delay.ts'

const almostOne = () => 0.999999

test('the bound doubles from 0.2 s to 10 s and stays there', () => {
  const bounds = [0, 1, 2, 7, 8, 1000].map(failures =>
    Math.round(reconnectDelay({ kind: 'backoff', failures }, almostOne)),
  )
  assert.deepEqual(bounds, [200, 400, 800, 10_000, 10_000, 10_000])
})

test('jitter is full: a delay may be anything below its bound', () => {
  assert.equal(
    reconnectDelay({ kind: 'backoff', failures: 9 }, () => 0),
    0,
  )
})

test('a time that the operator names is never undercut, and spread', () => {
  const unit = fc.double({ min: 0, max: 0.999999, noNaN: true })
  fc.assert(
    fc.property(fc.nat({ max: 300_000 }), unit, (afterMs, random) => {
      const delay = reconnectDelay({ kind: 'asked', afterMs }, () => random)
      assert.ok(delay >= afterMs && delay <= Math.max(afterMs * 1.5, afterMs + 200))
    }),
  )
})

test('nobody can send a sidecar away for longer than minutes', () => {
  assert.ok(reconnectDelay({ kind: 'asked', afterMs: 1e12 }, almostOne) <= 450_000)
})
