import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultFloorWhen, failureKinds } from '../../crds/vocabulary.ts'
import { fail, reply, type Turn, WalkKit } from '../../test/support/walk-kit.ts'
import type { Outcome } from './outcome.ts'
import { stepsAhead } from './step.ts'
import { manualStep } from './steps/floor-steps.ts'
import { walkChain } from './walk-chain.ts'

function servedBy(outcome: Outcome): string | undefined {
  return outcome.kind === 'served' ? outcome.step.name : undefined
}

test('the primary serves: hop 0, no reason', async () => {
  const kit = new WalkKit()
  const outcome = await walkChain([kit.target(0, { name: 'a', turns: [reply()] })], kit.walk())
  assert.equal(outcome.kind, 'served')
  assert.deepEqual(outcome.kind === 'served' && [outcome.step.hop, outcome.step.reason], [0, undefined])
})

test('a failure goes forward to the next step whose `when` contains its kind', async () => {
  const kit = new WalkKit()
  const steps = [
    kit.target(0, { name: 'a', turns: [fail('ServerError', { status: 500 })] }),
    kit.target(1, {
      name: 'b',
      turns: [reply()],
      step: { when: ['RateLimited'], entersLargerWindow: false },
    }),
    kit.target(2, { name: 'c', turns: [reply()] }),
  ]
  const outcome = await walkChain(steps, kit.walk())
  assert.equal(servedBy(outcome), 'c')
  assert.equal(outcome.kind === 'served' && outcome.step.reason, 'upstream_5xx')
  assert.deepEqual(
    kit.sent.map(call => call.target),
    ['a', 'c'],
  )
})

test('the caller`s own mistake goes back to the caller: no step takes it by default', async () => {
  const kit = new WalkKit()
  const floor = manualStep({
    kind: 'manual',
    name: 'floor',
    hop: 2,
    when: defaultFloorWhen,
    text: 'sorry',
    status: 200,
  })
  const steps = [
    kit.target(0, { name: 'a', turns: [fail('BadRequest', { status: 400 })] }),
    kit.target(1, { name: 'b', turns: [reply()] }),
    floor,
  ]
  const outcome = await walkChain(steps, kit.walk())
  assert.equal(outcome.kind, 'exhausted')
  assert.equal(outcome.kind === 'exhausted' && outcome.verdict.failure.kind, 'BadRequest')
  assert.equal(kit.sent.length, 1)
})

test('a refusal is not routed around unless a step lists it', async () => {
  const refusal: Turn = { kind: 'reply', text: 'no', finish: 'refusal' }
  const kit = new WalkKit()
  const plain = [
    kit.target(0, { name: 'a', turns: [refusal] }),
    kit.target(1, { name: 'b', turns: [reply()] }),
  ]
  assert.equal(servedBy(await walkChain(plain, kit.walk())), 'a')
  const listed = [
    kit.target(0, { name: 'a', turns: [refusal] }),
    kit.target(1, { name: 'b', turns: [reply()], step: { when: ['GuardrailBlocked'] } }),
  ]
  const outcome = await walkChain(listed, kit.walk({ ahead: stepsAhead(listed.map(step => step.spec)) }))
  assert.equal(servedBy(outcome), 'b')
  assert.equal(outcome.kind === 'served' && outcome.step.reason, 'guardrail_block')
})

test('context overflow enters by itself only a target with a larger listed window', async () => {
  const kit = new WalkKit()
  const window = (contextWindow: number) => ({ name: 'm', contextWindow })
  const steps = [
    kit.target(0, { name: 'a', turns: [fail('ContextOverflow')], facts: window(1000) }),
    kit.target(1, { name: 'same', turns: [reply()], facts: window(1000) }),
    kit.target(2, { name: 'unknown', turns: [reply()] }),
    kit.target(3, { name: 'larger', turns: [reply()], facts: window(2000) }),
  ]
  assert.equal(servedBy(await walkChain(steps, kit.walk())), 'larger')
  assert.deepEqual(
    kit.sent.map(call => call.target),
    ['a', 'larger'],
  )
})

test('an open breaker is a skip that still leads where its cause leads', async () => {
  const kit = new WalkKit()
  const limited = fail('RateLimited', { status: 429, retryAfterMs: 30_000 })
  const steps = [
    kit.target(0, { name: 'a', turns: [limited] }),
    kit.target(1, {
      name: 'smaller',
      turns: [reply()],
      step: { when: ['RateLimited'], entersLargerWindow: false },
    }),
  ]
  assert.equal(servedBy(await walkChain(steps, kit.walk())), 'smaller')
  const second = await walkChain(steps, kit.walk())
  assert.equal(servedBy(second), 'smaller')
  assert.deepEqual(second.trail[0], { kind: 'skip', step: 'a', hop: 0, reason: 'CircuitOpen' })
  assert.equal(second.kind === 'served' && second.step.reason, 'circuit_open')
  assert.equal(kit.sent.filter(call => call.target === 'a').length, 1)
})

test('the breaker opens after consecutive failures and lets one probe through when its time is over', async () => {
  const kit = new WalkKit()
  const down = fail('ServerError', { status: 500 })
  const steps = [
    kit.target(0, { name: 'a', turns: [down, down, down, reply()] }),
    kit.target(1, { name: 'b', turns: [reply()] }),
  ]
  for (let count = 0; count < 5; count += 1) assert.equal(servedBy(await walkChain(steps, kit.walk())), 'b')
  assert.equal(kit.sent.filter(call => call.target === 'a').length, 3)
  await kit.clock.advance(60_001)
  assert.equal(servedBy(await walkChain(steps, kit.walk())), 'a')
})

test('residency, capability and window refuse before anything is sent, each with its reason', async () => {
  const kit = new WalkKit()
  kit.tokens.learn('LLMProvider/test/small/m', { textCharacters: 4000, mediaParts: 0 }, 1000)
  const steps = [
    kit.target(0, { name: 'nowhere', turns: [reply()], regions: ['eu-*'] }),
    kit.target(1, { name: 'abroad', turns: [reply()], region: 'us-east-1', regions: ['eu-*'] }),
    kit.target(2, { name: 'blind', turns: [reply()], facts: { name: 'm', capabilities: ['Tools'] } }),
    kit.target(3, {
      name: 'small',
      turns: [reply()],
      facts: { name: 'm', contextWindow: 10 },
      step: { when: ['CapabilityMissing'] },
    }),
    kit.target(4, { name: 'home', turns: [reply()], region: 'eu-west-1', regions: ['eu-*'] }),
  ]
  const facts = { needs: ['Vision'], textCharacters: 100_000, mediaParts: 1 } as const
  const outcome = await walkChain(steps, kit.walk({ request: { facts } }))
  assert.deepEqual(
    outcome.trail.map(entry => entry.kind === 'skip' && entry.reason),
    ['ResidencyDenied', 'ResidencyDenied', 'CapabilityMissing', 'ContextOverflow', false],
  )
  assert.deepEqual(
    kit.sent.map(call => call.target),
    ['home'],
  )
})

test('requireParameters turns a lossy translation into a skip', async () => {
  const kit = new WalkKit().dropping('seed')
  const steps = [
    kit.target(0, { name: 'strict', turns: [reply()], isForeign: true, step: { requireParameters: true } }),
    kit.target(1, { name: 'lenient', turns: [reply()], isForeign: true }),
  ]
  const outcome = await walkChain(steps, kit.walk())
  assert.equal(servedBy(outcome), 'lenient')
  assert.deepEqual(outcome.kind === 'served' && outcome.step.drops, ['seed'])
})

test('a caller who leaves ends everything: no further step, no floor', async () => {
  const kit = new WalkKit()
  const floor = manualStep({
    kind: 'manual',
    name: 'floor',
    hop: 1,
    when: failureKinds,
    text: 'sorry',
    status: 200,
  })
  const walking = walkChain([kit.target(0, { name: 'a', turns: [{ kind: 'silence' }] }), floor], kit.walk())
  await kit.clock.advance(10)
  kit.caller.abort()
  assert.equal((await walking).kind, 'abandoned')
  assert.equal(kit.clock.pending, 0)
})

test('the primary alone: its failure as it is, its breaker not asked', async () => {
  const kit = new WalkKit()
  const down = fail('ServerError', { status: 500 })
  const steps = [kit.target(0, { name: 'a', turns: [down] })]
  for (let count = 0; count < 5; count += 1) {
    const outcome = await walkChain(steps, kit.walk({ isPrimaryOnly: true, mayRetry: false }))
    assert.equal(outcome.kind === 'exhausted' && outcome.verdict.failure.kind, 'ServerError')
  }
  assert.equal(kit.sent.length, 5)
})
