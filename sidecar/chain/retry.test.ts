import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fail, reply, WalkKit } from '../../test/support/walk-kit.ts'
import type { Outcome } from './outcome.ts'
import { stepsAhead } from './step.ts'
import { walkChain } from './walk-chain.ts'

function servedBy(outcome: Outcome): string | undefined {
  return outcome.kind === 'served' ? outcome.step.name : undefined
}

test('a retry keeps its hop and waits as long as it was asked to', async () => {
  const kit = new WalkKit()
  const step = { retry: { attempts: 2, initialMs: 100, factor: 5, maxMs: 2000 } }
  const limited = fail('RateLimited', { status: 429, retryAfterMs: 1500 })
  const steps = [kit.target(0, { name: 'a', turns: [limited, reply()], step })]
  const walking = walkChain(steps, kit.walk())
  await kit.clock.advance(1499)
  assert.equal(kit.sent.length, 1)
  await kit.clock.advance(2)
  const outcome = await walking
  assert.equal(servedBy(outcome), 'a')
  assert.deepEqual(
    outcome.trail.map(entry => entry.kind === 'attempt' && [entry.hop, entry.retry]),
    [
      [0, 0],
      [0, 1],
    ],
  )
})

test('a wait that does not fit the deadline is not begun', async () => {
  const kit = new WalkKit()
  const step = { retry: { attempts: 2, initialMs: 100, factor: 5, maxMs: 2000 } }
  const limited = fail('RateLimited', { status: 429, retryAfterMs: 20_000 })
  const steps = [
    kit.target(0, { name: 'a', turns: [limited], step }),
    kit.target(1, { name: 'b', turns: [reply()] }),
  ]
  const outcome = await walkChain(steps, kit.walk({ deadlineMs: 10_000 }))
  assert.equal(servedBy(outcome), 'b')
  assert.equal(kit.clock.now(), 0)
})

test('nobody is kept waiting beyond backoff.max while another target could answer', async () => {
  const retry = { attempts: 1, initialMs: 100, factor: 5, maxMs: 2000 }
  const limited = fail('RateLimited', { status: 429, retryAfterMs: 5000 })
  for (const when of [['RateLimited'], ['ServerError']] as const) {
    const kit = new WalkKit()
    const steps = [
      kit.target(0, { name: 'a', turns: [limited, reply()], step: { retry } }),
      kit.target(1, { name: 'b', turns: [reply()], step: { when } }),
    ]
    const walking = walkChain(steps, kit.walk({ ahead: stepsAhead(steps.map(step => step.spec)) }))
    await kit.clock.advance(5001)
    assert.equal(servedBy(await walking), when[0] === 'RateLimited' ? 'b' : 'a')
  }
})

test('a timeout is never asked again on the same target', async () => {
  const kit = new WalkKit()
  const step = { retry: { attempts: 5, initialMs: 1, factor: 1, maxMs: 1 } }
  const steps = [
    kit.target(0, { name: 'a', turns: [{ kind: 'silence' }], step }),
    kit.target(1, { name: 'b', turns: [reply()] }),
  ]
  const walking = walkChain(steps, kit.walk({ deadlineMs: 600_000 }))
  await kit.clock.advance(60_001)
  const outcome = await walking
  assert.deepEqual(
    kit.sent.map(call => call.target),
    ['a', 'b'],
  )
  assert.equal(outcome.kind === 'served' && outcome.step.reason, 'timeout')
})

test('a wait between retries ends when the caller leaves', async () => {
  const kit = new WalkKit()
  const step = { retry: { attempts: 1, initialMs: 1000, factor: 1, maxMs: 1000 } }
  const walking = walkChain([kit.target(0, { name: 'a', turns: [fail('ServerError')], step })], kit.walk())
  await kit.clock.advance(1)
  kit.caller.abort()
  assert.equal((await walking).kind, 'abandoned')
  assert.equal(kit.clock.pending, 0)
})
