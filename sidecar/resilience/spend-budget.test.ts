import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { SpendBudget } from './spend-budget.ts'

const hourMs = 3_600_000

function setUp(usd = 10) {
  const clock = new FakeClock()
  return { clock, budget: new SpendBudget({ usd, perMs: hourMs, clock }) }
}

test('what is reserved cannot be spent twice', () => {
  const { budget } = setUp()
  budget.reserve(6)
  assert.equal(budget.fits(4), true)
  assert.equal(budget.fits(4.01), false)
})

test('settling replaces the estimate by the real cost, once', () => {
  const { budget } = setUp()
  const reservation = budget.reserve(6)
  reservation.settle(1)
  reservation.settle(5)
  assert.equal(budget.remainingUsd(), 9)
  assert.equal(budget.remainingRatio(), 0.9)
})

test('spent money comes back when it leaves the window, not before', () => {
  const { budget, clock } = setUp()
  clock.tick(30_000)
  budget.reserve(0).settle(10)
  clock.tick(hourMs - 1)
  assert.equal(budget.fits(0.01), false)
  clock.tick(hourMs / 59 + 1)
  assert.equal(budget.fits(10), true)
})

test('the window slides: only the old part comes back', () => {
  const { budget, clock } = setUp()
  budget.reserve(0).settle(4)
  clock.tick(hourMs / 2)
  budget.reserve(0).settle(5)
  clock.tick(hourMs / 2 + hourMs / 59)
  assert.equal(budget.remainingUsd(), 5)
})

test('many small sums that fit exactly are not refused for rounding', () => {
  const { budget } = setUp(1)
  for (let call = 0; call < 9; call += 1) budget.reserve(0.1).settle(0.1)
  assert.equal(budget.fits(0.1), true)
})

test('overspending leaves nothing, and a cost gone wrong books nothing', () => {
  const { budget } = setUp()
  budget.reserve(1).settle(Number.NaN)
  budget.reserve(-5).settle(-5)
  assert.equal(budget.remainingUsd(), 10)
  budget.reserve(1).settle(25)
  assert.equal(budget.remainingUsd(), 0)
  assert.equal(budget.remainingRatio(), 0)
  assert.equal(budget.fits(0), false)
})

test('asking first and settling for no more than reserved never overspends any window', () => {
  const step = fc.record({ usd: fc.double({ min: 0, max: 4, noNaN: true }), waitMs: fc.nat(hourMs) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const { budget, clock } = setUp()
      const spent: { at: number; usd: number }[] = []
      for (const { usd, waitMs } of steps) {
        clock.tick(waitMs)
        if (!budget.fits(usd)) continue
        budget.reserve(usd).settle(usd)
        spent.push({ at: clock.now(), usd })
        const inWindow = spent.filter(one => one.at > clock.now() - hourMs)
        assert.ok(inWindow.reduce((sum, one) => sum + one.usd, 0) <= 10.0001)
        assert.ok(budget.remainingUsd() >= 0)
      }
    }),
  )
})
