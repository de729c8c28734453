import assert from 'node:assert/strict'
import { test } from 'node:test'
import { floor, House, route, target } from '../../test/support/policy-kit.ts'
import { fail, reply } from '../../test/support/walk-kit.ts'
import type { Outcome } from '../chain/outcome.ts'

const servedBy = (outcome: Outcome) => (outcome.kind === 'served' ? outcome.step.name : outcome.kind)
const down = fail('ServerError', { status: 500 })

test('nothing is ready before a first snapshot; a request that no route wants is told so', () => {
  const house = new House()
  assert.equal(house.holder.match(house.kit.request()).kind, 'notReady')
  assert.equal(house.holder.readiness().isReady, false)
  house.apply([route([target('a', 0)])])
  assert.equal(house.holder.readiness().isReady, true)
  assert.equal(house.holder.match(house.kit.request({ model: 'claude' })).kind, 'noRoute')
})

test('the first route that matches wins', async () => {
  const house = new House()
  house.apply([
    route([target('a', 0)], { match: { headers: [{ name: 'x-team' }] } }),
    route([target('b', 0)], { match: {} }),
  ])
  assert.equal(servedBy(await house.ask()), 'b')
  assert.equal(servedBy(await house.ask({ header: name => (name === 'x-team' ? '' : undefined) })), 'a')
})

test('pass-through serves what matches no route, with the caller`s own model', async () => {
  const house = new House()
  house.apply([route([target('a', 0)])], { passThrough: 'LLMProvider/test/b' })
  const outcome = await house.ask({ model: 'llama' })
  assert.equal(servedBy(outcome), 'pass-through')
  assert.deepEqual(outcome.kind === 'served' && outcome.step.origin, { provider: 'b', model: 'llama' })
})

test('a request finishes on the snapshot that it began with', async () => {
  const house = new House()
  house.apply([route([target('a', 0)])])
  const session = house.open()
  house.apply([route([target('b', 0)])], { identity: 'policy@2' }, 'd2')
  assert.equal(session.policyIdentity, 'policy@1')
  assert.equal(servedBy(await session.walk()), 'a')
  assert.equal(house.open().policyIdentity, 'policy@2')
})

test('a breaker survives a reload that leaves its target alone, and starts anew when its settings change', async () => {
  const house = new House()
  const chain = [target('a', 0), floor]
  house.turns.set('a', [down])
  house.apply([route(chain)])
  await house.ask()
  house.apply([route(chain, { limits: { deadlineMs: 1000, attempts: 2 } })], {}, 'd2')
  await house.ask()
  assert.deepEqual(house.calls, ['a'])
  const other = target('a', 0, { circuitBreaker: { failures: 2, windowMs: 30_000, openForMs: 60_000 } })
  house.apply([route([other, floor])], {}, 'd3')
  await house.ask()
  assert.deepEqual(house.calls, ['a', 'a'])
})

test('a snapshot that names a provider it does not hold is refused and changes nothing', () => {
  const house = new House()
  house.apply([route([target('a', 0)])])
  assert.throws(() => house.apply([route([target('nobody', 0)])], {}, 'd2'), /LLMProvider\/test\/nobody/)
  assert.equal(house.holder.digest, 'd1')
})

test('Observe: the caller gets what the primary gives, and the next step is only named', async () => {
  const house = new House()
  house.turns.set('a', [down])
  house.apply([route([target('a', 0), target('b', 1), floor])], { mode: 'Observe' })
  for (let count = 0; count < 3; count += 1) {
    const session = house.open()
    assert.equal(servedBy(await session.walk()), 'exhausted')
    assert.equal(session.would(), 'b')
  }
  assert.deepEqual(house.calls, ['a', 'a', 'a'], 'its breaker is not asked')
})

test('x-llm-fallback: off asks the primary once', async () => {
  const house = new House()
  house.turns.set('a', [down])
  const retrying = target('a', 0, { retry: { attempts: 3, initialMs: 1, factor: 1, maxMs: 1 } })
  house.apply([route([retrying, target('b', 1)])])
  assert.equal(servedBy(await house.ask({ fallbackOff: true })), 'exhausted')
  assert.deepEqual(house.calls, ['a'])
})

test('whenAllOpen: Fail goes to the floor, TryLeastBad asks the one that comes back first, Wait waits for its probe', async () => {
  const chain = [
    target('a', 0, { circuitBreaker: { failures: 1, windowMs: 30_000, openForMs: 60_000 } }),
    target('b', 1, { circuitBreaker: { failures: 1, windowMs: 30_000, openForMs: 20_000 } }),
    floor,
  ]
  for (const [whenAllOpen, expected] of [
    ['Fail', 'floor'],
    ['TryLeastBad', 'b'],
    ['Wait', 'b'],
  ] as const) {
    const house = new House()
    house.turns.set('a', [down, reply()])
    house.turns.set('b', [down, reply()])
    house.apply([route(chain, { whenAllOpen })])
    assert.equal(servedBy(await house.ask()), 'floor')
    const asking = house.ask()
    await house.kit.clock.advance(20_001)
    assert.equal(servedBy(await asking), expected, whenAllOpen)
  }
})

test('cacheFirst answers from memory; another tenant or policy never sees it', async () => {
  const house = new House()
  house.apply([route([target('a', 0)], { cacheFirst: { maxAgeMs: 60_000 } })], {
    tenant: { kind: 'header', name: 'x-tenant' },
  })
  const as = (tenant: string) => ({ header: (name: string) => (name === 'x-tenant' ? tenant : undefined) })
  const first = house.open(as('red'))
  await first.walk()
  assert.deepEqual(first.cacheState(), { result: 'miss' })
  assert.equal(first.wantsAnswer(), true)
  first.storeAnswer({ kind: 'whole', bytes: Buffer.from('{}') })
  await house.kit.clock.advance(12_000)
  const second = house.open(as('red'))
  const outcome = await second.walk()
  assert.equal(outcome.kind === 'served' && outcome.reply.kind, 'stored')
  assert.deepEqual(second.cacheState(), { result: 'hit', ageSeconds: 12 })
  assert.equal(second.wantsAnswer(), false, 'a stored answer does not grow young again')
  assert.deepEqual(outcome.kind === 'served' && outcome.step.origin, { provider: 'a', model: 'm' })
  assert.equal((await house.ask(as('blue'))).kind === 'served' && house.calls.length, 2)
})

test('a budget is kept for each tenant: what does not fit is skipped, or refused when the policy says Reject', async () => {
  const priced = target('a', 0, {
    facts: { name: 'm', maxOutputTokens: 1000, price: { input: 0, output: 1000 } },
  })
  for (const onExceeded of ['Fallback', 'Reject'] as const) {
    const house = new House()
    const tenant = { kind: 'header', name: 'x-tenant' } as const
    house.apply([route([priced, floor], { budget: { usd: 1.004, perMs: 3_600_000, onExceeded } })], {
      tenant,
    })
    const as = (value: string) => ({ header: (name: string) => (name === 'x-tenant' ? value : undefined) })
    assert.equal(servedBy(await house.ask(as('red'))), 'a')
    const second = await house.ask(as('red'))
    if (onExceeded === 'Fallback') assert.equal(servedBy(second), 'floor')
    else assert.equal(second.kind === 'exhausted' && second.verdict.failure.kind, 'BudgetExceeded')
    assert.equal(servedBy(await house.ask(as('blue'))), 'a')
    await house.kit.clock.advance(3_700_000)
    assert.equal(servedBy(await house.ask(as('red'))), 'a')
  }
})

test('the story of a request: served, why, what was tried', async () => {
  const house = new House()
  house.turns.set('a', [down])
  house.apply([route([target('a', 0), target('b', 1)])])
  const session = house.open({ header: name => (name === 'x-request-id' ? 'theirs' : undefined) })
  await session.walk()
  session.firstByteWritten()
  session.finish({ outcome: 'success', status: 200 })
  const story = house.events.find(event => event.kind === 'requestEnded')
  assert.ok(story?.kind === 'requestEnded')
  assert.equal(story.path, 'fallback')
  assert.equal(story.reason, 'upstream_5xx')
  assert.equal(story.callerRequestId, 'theirs')
  assert.deepEqual(story.served, { step: 'b', hop: 1, provider: 'b', model: 'm' })
  assert.equal(story.attempts.length, 2)
  assert.ok(story.recoveryMs !== undefined)
})

test('models that callers may ask for: literal names of routes, and what they may be served by', () => {
  const house = new House()
  house.apply([
    route([target('a', 0), target('b', 1, { model: 'n' })], { match: { models: ['gpt-*', 'assistant'] } }),
  ])
  assert.deepEqual(house.holder.listModels(), [
    { id: 'assistant', ownedBy: 'llm-fallback' },
    { id: 'm', ownedBy: 'a' },
    { id: 'n', ownedBy: 'b' },
  ])
})
