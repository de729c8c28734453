import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { TargetTally } from './target-tally.ts'

test('counts of the last minute are kept to the second, older ones are gone', () => {
  const call = fc.record({ afterMs: fc.nat({ max: 90_000 }), isBad: fc.boolean() })
  fc.assert(
    fc.property(fc.array(call, { maxLength: 40 }), fc.nat({ max: 90_000 }), (calls, lookAfterMs) => {
      const clock = new FakeClock()
      const tally = new TargetTally(clock)
      const seen: { readonly second: number; readonly isBad: boolean }[] = []
      for (const { afterMs, isBad } of calls) {
        clock.tick(afterMs)
        tally.count(isBad ? 'bad' : 'good')
        seen.push({ second: Math.floor(clock.now() / 1000), isBad })
      }
      clock.tick(lookAfterMs)
      const now = Math.floor(clock.now() / 1000)
      const recent = seen.filter(({ second }) => now - second < 60)
      assert.deepEqual(tally.totals(), {
        attempts: recent.length,
        failures: recent.filter(({ isBad }) => isBad).length,
      })
    }),
  )
})
