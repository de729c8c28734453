import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CompiledStep, UnresolvedReason } from '../../crds/snapshot/policy-snapshot.ts'
import { floor, House, target } from '../../test/support/policy-kit.ts'
import { pushedProviders, secretOf, snapshotOf } from '../../test/support/snapshots.ts'
import { fail } from '../../test/support/walk-kit.ts'
import type { Outcome } from '../chain/outcome.ts'

const providers = pushedProviders({ a: 'https://a.example', b: 'https://b.example' })

function houseWith(chain: readonly CompiledStep[], whenAllOpen: 'Fail' | 'TryLeastBad' = 'Fail'): House {
  const house = new House()
  house.holder.apply(snapshotOf(chain, providers, { route: { whenAllOpen } }))
  return house
}

function story(outcome: Outcome): readonly string[] {
  const trail = outcome.trail.map(entry =>
    entry.kind === 'skip' ? `${entry.step}:${entry.reason}` : entry.step,
  )
  return outcome.kind === 'served' ? [...trail, outcome.step.reason ?? ''] : [...trail, outcome.kind]
}

const reasons: readonly (readonly [UnresolvedReason, string, string])[] = [
  ['ProviderNotFound', 'ModelUnavailable', 'model_unavailable'],
  ['ProviderInvalid', 'ModelUnavailable', 'model_unavailable'],
  ['RefNotPermitted', 'ModelUnavailable', 'model_unavailable'],
  ['SecretNotFound', 'AuthFailed', 'auth_error'],
  ['SecretKeyMissing', 'AuthFailed', 'auth_error'],
]
for (const [unresolved, skip, reason] of reasons) {
  test(`a step that is ${unresolved} is skipped as ${skip}, and the rest of the chain works`, async () => {
    const missing = unresolved === 'ProviderNotFound' ? { provider: 'LLMProvider/test/nobody' } : {}
    const house = houseWith([target('a', 0, { unresolved, ...missing }), target('b', 1)])
    assert.deepEqual(story(await house.ask()), [`a:${skip}`, 'b', reason])
    assert.deepEqual(house.calls, ['b'])
  })
}

test('a chain of unresolved steps ends as exhausted, primary alone or not', async () => {
  const house = houseWith([target('a', 0, { unresolved: 'SecretNotFound' })])
  for (const fallbackOff of [false, true]) {
    const outcome = await house.ask({ fallbackOff })
    assert.deepEqual(story(outcome), ['a:AuthFailed', 'exhausted'])
    assert.equal(outcome.kind === 'exhausted' && outcome.verdict.status, 502)
  }
})

test('a key that is not there is a skip: nothing is sent, and the breaker stays closed until it comes', async () => {
  const house = houseWith([target('a', 0), floor])
  house.keyless.add('a')
  for (let ask = 0; ask < 3; ask += 1) {
    assert.deepEqual(story(await house.ask()), ['a:AuthFailed', 'floor', 'automation_exhausted'])
  }
  assert.deepEqual(house.registry.health(), [])
  house.keyless.clear()
  assert.deepEqual(story(await house.ask()), ['a', ''])
})

test('a key that is on its way is waited for, whether it comes or not', async () => {
  const house = houseWith([target('a', 0), floor])
  for (const comes of [true, false]) {
    const { promise, resolve } = Promise.withResolvers<void>()
    house.keyless.add('a')
    house.keysComing = promise
    const asking = house.ask()
    await house.kit.clock.advance(100)
    assert.deepEqual(house.calls, comes ? [] : ['a'])
    if (comes) house.keyless.clear()
    house.keysComing = undefined
    resolve()
    assert.deepEqual(
      story(await asking),
      comes ? ['a', ''] : ['a:AuthFailed', 'floor', 'automation_exhausted'],
    )
  }
})

test('a key that is taken back between two tries ends the tries and opens no breaker', async () => {
  const retry = { attempts: 2, initialMs: 1000, factor: 1, maxMs: 1000 }
  const breaker = { failures: 9, windowMs: 30_000, openForMs: 60_000 }
  const house = houseWith([target('a', 0, { retry, circuitBreaker: breaker }), floor])
  house.turns.set('a', [fail('ServerError', { status: 500 })])
  const asking = house.ask()
  await house.kit.clock.advance(0)
  house.keyless.add('a')
  await house.kit.clock.advance(5_000)
  assert.deepEqual(story(await asking), ['a', 'floor', 'automation_exhausted'])
  assert.deepEqual(house.calls, ['a'])
  assert.equal(house.registry.health()[0]?.breaker, 'closed')
})

test('whenAllOpen counts the targets that can be asked: a step without its key is not a way out', async () => {
  const house = houseWith([target('a', 0), target('b', 1)], 'TryLeastBad')
  house.keyless.add('a')
  house.turns.set('b', [fail('ServerError', { status: 500 })])
  await house.ask()
  assert.equal(house.registry.health()[0]?.breaker, 'open')
  await house.ask()
  assert.deepEqual(house.calls, ['b', 'b'])
})

test('a new key forgives what the old one was cut off for, and only that', async () => {
  const house = houseWith([target('a', 0), target('b', 1), floor])
  house.turns.set('a', [fail('AuthFailed', { status: 401 })])
  house.turns.set('b', [fail('ServerError', { status: 500 })])
  await house.ask()
  await house.ask()
  assert.deepEqual(house.calls, ['a', 'b'])
  house.registry.keysChanged(new Set([secretOf('a'), secretOf('b')]))
  house.turns.delete('a')
  assert.deepEqual(story(await house.ask()), ['a', ''])
  assert.deepEqual(house.calls, ['a', 'b', 'a'])
})

test('health tells attempts and failures that count, by provider and model', async () => {
  const house = houseWith([target('a', 0), target('b', 1)])
  house.turns.set('a', [fail('ServerError', { status: 500 })])
  await house.ask()
  assert.deepEqual(house.registry.health(), [
    { provider: 'LLMProvider/test/a', model: 'm', breaker: 'open', attempts: 1, failures: 1 },
    { provider: 'LLMProvider/test/b', model: 'm', breaker: 'closed', attempts: 1, failures: 0 },
  ])
})

test('a breaker that is due for its probe and has had no call lately says nothing of today', async () => {
  const breaker = { failures: 1, windowMs: 30_000, openForMs: 120_000 }
  const house = houseWith([target('a', 0, { circuitBreaker: breaker }), floor])
  house.turns.set('a', [fail('ServerError', { status: 500 })])
  await house.ask()
  await house.kit.clock.advance(61_000)
  assert.deepEqual(
    house.registry.health().map(({ breaker: state, attempts }) => [state, attempts]),
    [['open', 0]],
  )
  await house.kit.clock.advance(60_000)
  assert.deepEqual(house.registry.health(), [])
})

test('a failure that is the fault of the request is no failure of the target', async () => {
  const house = houseWith([target('a', 0), floor])
  house.turns.set('a', [fail('ModelUnavailable', { status: 404 })])
  await house.ask()
  assert.deepEqual(house.registry.health(), [])
})
