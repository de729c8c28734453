import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { RetryBudget } from './retry-budget.ts'

function withdrawAll(budget: RetryBudget): number {
  let withdrawn = 0
  while (withdrawn < 1000 && budget.tryWithdraw()) withdrawn += 1
  return withdrawn
}

test('requests earn their share of retries', () => {
  const budget = new RetryBudget({ percent: 20, minPerSecond: 0, clock: new FakeClock() })
  assert.equal(withdrawAll(budget), 0)
  for (let request = 0; request < 25; request += 1) budget.deposit()
  assert.equal(withdrawAll(budget), 5)
})

test('thin traffic may always retry a little, and waiting refills it', () => {
  const clock = new FakeClock()
  const budget = new RetryBudget({ percent: 0, minPerSecond: 3, clock })
  assert.equal(withdrawAll(budget), 3)
  clock.tick(1000)
  assert.equal(withdrawAll(budget), 3)
  clock.tick(400)
  assert.equal(withdrawAll(budget), 1)
})

test('an idle hour does not save up a storm', () => {
  const clock = new FakeClock()
  const budget = new RetryBudget({ percent: 20, minPerSecond: 3, clock })
  for (let request = 0; request < 10_000; request += 1) budget.deposit()
  clock.tick(3_600_000)
  assert.equal(withdrawAll(budget), 13)
})

test('a rate below one a second still reaches a whole retry', () => {
  const clock = new FakeClock()
  const budget = new RetryBudget({ percent: 0, minPerSecond: 0.5, clock })
  withdrawAll(budget)
  clock.tick(2000)
  assert.equal(withdrawAll(budget), 1)
})

test('nothing allowed means nothing', () => {
  const clock = new FakeClock()
  const budget = new RetryBudget({ percent: 0, minPerSecond: 0, clock })
  for (let request = 0; request < 100; request += 1) budget.deposit()
  clock.tick(60_000)
  assert.equal(budget.tryWithdraw(), false)
})

test('never below nothing, and never more retries than requests and time have paid for', () => {
  const act = fc.oneof(fc.constant('deposit' as const), fc.constant('withdraw' as const), fc.nat(5000))
  fc.assert(
    fc.property(fc.nat(100), fc.nat(10), fc.array(act), (percent, minPerSecond, acts) => {
      const clock = new FakeClock()
      const budget = new RetryBudget({ percent, minPerSecond, clock })
      let requests = 0
      let retries = 0
      for (const next of acts) {
        if (next === 'deposit') {
          budget.deposit()
          requests += 1
        } else if (next === 'withdraw') retries += budget.tryWithdraw() ? 1 : 0
        else clock.tick(next)
        assert.ok(budget.level() >= 0)
      }
      const paid = minPerSecond + (requests * percent) / 100 + (clock.now() / 1000) * minPerSecond
      assert.ok(retries <= paid + 1e-6, `${retries} retries for ${paid}`)
    }),
  )
})
