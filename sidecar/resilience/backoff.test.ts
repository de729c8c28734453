import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { backoffMs } from './backoff.ts'

const settings = { initialMs: 100, factor: 5, maxMs: 2000 }

test('the bound grows by the factor and stops at its maximum', () => {
  const almostOne = () => 0.999999
  assert.deepEqual(
    [0, 1, 2, 3].map(retry => Math.round(backoffMs(settings, retry, almostOne))),
    [100, 500, 2000, 2000],
  )
})

test('jitter is full: the luckiest caller does not wait at all', () => {
  assert.equal(
    backoffMs(settings, 3, () => 0),
    0,
  )
})

test('is never negative and never above the maximum', () => {
  const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(fc.nat(5000), unit, (retry, random) => {
      const delay = backoffMs(settings, retry, () => random)
      assert.ok(delay >= 0 && delay <= settings.maxMs)
    }),
  )
})
