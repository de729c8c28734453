import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fail, reply, WalkKit } from '../../test/support/walk-kit.ts'
import { walkChain } from './walk-chain.ts'

const embeddings = { operation: 'Embeddings', endpoint: 'embeddings' } as const
const failing = fail('ServerError', { status: 500 })

function stepsOf(kit: WalkKit, second: { readonly model: string; readonly allows?: boolean }) {
  const { model, allows = false } = second
  return [
    kit.target(0, { name: 'a', turns: [failing], step: { model: 'first-model' } }),
    kit.target(1, {
      name: 'b',
      turns: [reply()],
      step: { model, allowDifferentEmbeddingSpace: allows },
    }),
  ]
}

test('vectors of another model are no substitute', async () => {
  const kit = new WalkKit()
  const walk = kit.walk({ request: embeddings, firstModel: 'first-model' })
  const outcome = await walkChain(stepsOf(kit, { model: 'other-model' }), walk)
  assert.equal(outcome.kind, 'exhausted')
  assert.deepEqual(outcome.trail.at(-1), { kind: 'skip', step: 'b', hop: 1, reason: 'CapabilityMissing' })
})

test('the same model elsewhere is one', async () => {
  const kit = new WalkKit()
  const walk = kit.walk({ request: embeddings, firstModel: 'first-model' })
  const outcome = await walkChain(stepsOf(kit, { model: 'first-model' }), walk)
  assert.equal(outcome.kind === 'served' && outcome.step.name, 'b')
})

test('a step may allow another space', async () => {
  const kit = new WalkKit()
  const walk = kit.walk({ request: embeddings, firstModel: 'first-model' })
  const outcome = await walkChain(stepsOf(kit, { model: 'other-model', allows: true }), walk)
  assert.equal(outcome.kind === 'served' && outcome.step.name, 'b')
})

test('chat may go to any model', async () => {
  const kit = new WalkKit()
  const outcome = await walkChain(
    stepsOf(kit, { model: 'other-model' }),
    kit.walk({ firstModel: 'first-model' }),
  )
  assert.equal(outcome.kind === 'served' && outcome.step.name, 'b')
})
