import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { samplePod, sampleResource, sampleSidecar } from './sample-objects.ts'
import { conditionOf, samplePolicy, startSupport } from './sample-support.ts'

test('the first status that a person reads is that every pod runs the policy', async () => {
  const { clock, world } = await startSupport(new FakeClock())
  world.acknowledgeAll()
  await clock.advance(300)
  const [first] = world.writes.filter(({ id }) => id.kind === 'FallbackPolicy')
  assert.equal(first?.status.live, '3/3')
  assert.deepEqual(first?.status.pods, { matched: 3, programmed: 3, rejected: 0, stale: 0, notInjected: 0 })
  assert.equal(conditionOf(first?.status, 'Accepted'), 'True Accepted')
  assert.equal(conditionOf(first?.status, 'ResolvedRefs'), 'True ResolvedRefs')
  assert.equal(conditionOf(first?.status, 'Programmed'), 'True Programmed')
  assert.equal(conditionOf(first?.status, 'Conflicted'), 'False NoConflict')
  assert.equal(first?.status.observedGeneration, 1)
  world.reconciler.stop()
})

test('nothing is written or published again while nothing changes', async () => {
  const { clock, world } = await startSupport(new FakeClock())
  world.acknowledgeAll()
  await clock.advance(20_000)
  const before = { writes: world.writes.length, published: world.published.length }
  world.acknowledgeAll()
  await clock.advance(60_000)
  assert.deepEqual({ writes: world.writes.length, published: world.published.length }, before)
  world.reconciler.stop()
})

test('a deleted Secret shows in both statuses', async () => {
  const { clock, world } = await startSupport(new FakeClock())
  world.acknowledgeAll()
  await clock.advance(20_000)
  world.setSecret('support/keys/openai', { kind: 'SecretNotFound' })
  await clock.advance(150)
  world.acknowledgeAll()
  await clock.advance(5000)
  assert.equal(conditionOf(world.statusOf('LLMProvider', 'openai'), 'ResolvedRefs'), 'False SecretNotFound')
  assert.equal(
    conditionOf(world.statusOf('FallbackPolicy', 'copilot'), 'ResolvedRefs'),
    'False SecretNotFound',
  )
  assert.ok(world.events.some(({ type, reason }) => type === 'Warning' && reason === 'SecretNotFound'))
  world.reconciler.stop()
})

test('a replica that does not lead publishes and writes nothing, and writes once it leads', async () => {
  const { clock, world } = await startSupport(new FakeClock())
  world.lead(false)
  world.acknowledgeAll()
  await clock.advance(10_000)
  assert.equal(world.writes.length, 0)
  assert.deepEqual(world.published, ['support'])
  world.lead(true)
  await clock.advance(1000)
  assert.equal(world.statusOf('FallbackPolicy', 'copilot')?.live, '3/3')
  world.reconciler.stop()
})

test('a pod that refuses its snapshot is named with its reason', async () => {
  const { clock, world } = await startSupport(new FakeClock())
  world.acknowledgeAll()
  const [digest = ''] = [...(world.plans.get('support')?.assignments.values() ?? [])].map(
    ({ snapshot }) => snapshot.digest,
  )
  const rejected = { digest, message: 'cannot run\nthis' }
  world.hear(sampleSidecar(samplePod('support/b'), { rejected }))
  await clock.advance(300)
  const status = world.statusOf('FallbackPolicy', 'copilot')
  assert.deepEqual(status?.rejections, [{ pod: 'support/b', message: 'cannot run this' }])
  assert.equal(conditionOf(status, 'Programmed'), 'False PartiallyProgrammed')
  assert.ok(world.events.some(({ reason }) => reason === 'PartiallyProgrammed'))
  world.reconciler.stop()
})

test('the loser names the winner', async () => {
  const { clock, world } = await startSupport(new FakeClock())
  world.readers.policies.put(
    sampleResource('FallbackPolicy', 'support/strong', samplePolicy({ priority: 9 })),
  )
  await clock.advance(150)
  world.acknowledgeAll()
  await clock.advance(20_000)
  const loser = world.statusOf('FallbackPolicy', 'copilot')
  assert.equal(conditionOf(loser, 'Conflicted'), 'True Conflicted')
  assert.equal(conditionOf(loser, 'Programmed'), 'False Overridden')
  assert.match(
    loser?.conditions.find(({ type }) => type === 'Conflicted')?.message ?? '',
    /support\/strong wins in 3 of the 3 pods/,
  )
  assert.equal(world.statusOf('FallbackPolicy', 'strong')?.live, '3/3')
  world.reconciler.stop()
})

test('a cluster policy adds up its namespaces', async () => {
  const { clock, world } = await startSupport(new FakeClock())
  world.readers.namespaces.put({ name: 'other', labels: {} })
  world.readers.pods.put(samplePod('other/x'))
  const shared = { dialect: 'OpenAI', region: 'eu-west-1' }
  world.readers.clusterProviders.put(sampleResource('ClusterLLMProvider', '/shared', shared))
  const target = { providerRef: { kind: 'ClusterLLMProvider', name: 'shared' }, model: 'gpt-4o' }
  const defaults = { routes: [{ name: 'floor', chain: [{ name: 'only', target }] }] }
  world.readers.clusterPolicies.put(sampleResource('ClusterFallbackPolicy', '/floor', { defaults }))
  await clock.advance(300)
  world.acknowledgeAll()
  await clock.advance(7000)
  assert.equal(world.statusOf('ClusterFallbackPolicy', 'floor')?.live, '4/4')
  const status = world.statusOf('ClusterLLMProvider', 'shared')
  assert.equal(conditionOf(status, 'Programmed'), 'True Programmed')
  assert.equal(conditionOf(status, 'Healthy'), 'Unknown NoTraffic')
  world.reconciler.stop()
})

test('a provider that the fleet shuts out is not healthy', async () => {
  const { clock, world } = await startSupport(new FakeClock())
  const target = { provider: 'LLMProvider/support/openai', model: 'gpt-4o', attempts: 9, failures: 9 }
  world.acknowledgeAll([{ ...target, breaker: 'open' }])
  await clock.advance(2000)
  assert.equal(conditionOf(world.statusOf('LLMProvider', 'openai'), 'Healthy'), 'False BreakerOpen')
  world.acknowledgeAll([{ ...target, breaker: 'closed', failures: 0 }])
  await clock.advance(6000)
  assert.equal(conditionOf(world.statusOf('LLMProvider', 'openai'), 'Healthy'), 'True Healthy')
  world.reconciler.stop()
})

test('a malformed policy is refused in its status and excludes itself alone', async () => {
  const { clock, world } = await startSupport(new FakeClock())
  world.readers.policies.put(sampleResource('FallbackPolicy', 'support/broken', { routes: 'none' }))
  await clock.advance(200)
  world.acknowledgeAll()
  await clock.advance(2000)
  assert.equal(conditionOf(world.statusOf('FallbackPolicy', 'broken'), 'Accepted'), 'False Invalid')
  assert.equal(world.statusOf('FallbackPolicy', 'copilot')?.live, '3/3')
  world.reconciler.stop()
})

test('a refused write is tried again', async () => {
  const { clock, world } = await startSupport(new FakeClock())
  world.writeError = new Error('the API server is away')
  world.acknowledgeAll()
  await clock.advance(2000)
  assert.equal(world.writes.length, 0)
  assert.ok(
    world.failures.some(({ work, key }) => work === 'write' && key === 'FallbackPolicy/support/copilot'),
  )
  world.writeError = undefined
  await clock.advance(60_000)
  assert.equal(world.statusOf('FallbackPolicy', 'copilot')?.live, '3/3')
  world.reconciler.stop()
})
