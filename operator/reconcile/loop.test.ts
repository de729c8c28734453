import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { samplePod, sampleResource } from './sample-objects.ts'
import { samplePolicy, sampleProvider, startSupport } from './sample-support.ts'
import { SampleWorld } from './sample-world.ts'

test('pods of one class share one assignment that carries snapshot and keys', async () => {
  const { world } = await startSupport(new FakeClock())
  const assignments = [...(world.plans.get('support')?.assignments.values() ?? [])]
  assert.equal(assignments.length, 3)
  assert.equal(new Set(assignments).size, 1)
  const frame = JSON.parse(assignments[0]?.credentialsLine.toString() ?? '')
  assert.deepEqual(frame.secrets, [{ id: 'support/keys/openai', version: '1', value: 'sk-sample' }])
  assert.equal(JSON.parse(assignments[0]?.snapshotLine.toString() ?? '').snapshot.policies[0].name, 'copilot')
  assert.ok(world.reconciler.hasSynced())
  world.reconciler.stop()
})

test('nothing is published before every reader has synced', async () => {
  const clock = new FakeClock()
  const world = new SampleWorld(clock)
  world.readers.clusterPolicies.isSynced = false
  world.readers.namespaces.put({ name: 'support', labels: {} })
  world.reconciler.start()
  world.readers.pods.put(samplePod('support/a'))
  await clock.advance(5000)
  assert.deepEqual(world.published, [])
  assert.equal(world.reconciler.hasSynced(), false)
  world.readers.clusterPolicies.isSynced = true
  await clock.advance(100)
  assert.deepEqual(world.published, ['support'])
  world.reconciler.stop()
})

test('a first snapshot waits for its key, and goes out as soon as that is there', async () => {
  const clock = new FakeClock()
  const world = new SampleWorld(clock)
  world.readers.namespaces.put({ name: 'support', labels: {} })
  world.readers.policies.put(sampleResource('FallbackPolicy', 'support/copilot', samplePolicy()))
  world.readers.providers.put(sampleResource('LLMProvider', 'support/openai', sampleProvider))
  world.readers.pods.put(samplePod('support/a'))
  world.reconciler.start()
  await clock.advance(500)
  assert.deepEqual(world.published, [])
  assert.deepEqual([...world.watched], ['support/keys/openai'])
  world.setSecret('support/keys/openai', { kind: 'found', version: '7', value: 'sk-sample' })
  await clock.advance(200)
  assert.deepEqual(world.published, ['support'])
  world.reconciler.stop()
})

test('a key that is never read holds a snapshot back for two seconds', async () => {
  const { clock, world } = await startSupport(new FakeClock())
  world.readers.providers.put(
    sampleResource(
      'LLMProvider',
      'support/openai',
      { ...sampleProvider, credentials: { secretRef: { name: 'other', key: 'x' } } },
      2,
    ),
  )
  await clock.advance(1500)
  assert.equal(world.published.length, 1)
  await clock.advance(1500)
  assert.equal(world.published.length, 2)
  const [assignment] = world.plans.get('support')?.assignments.values() ?? []
  const [step] = assignment?.snapshot.policies[0]?.routes[0]?.chain ?? []
  assert.equal(step?.kind === 'target' && step.unresolved, 'SecretNotFound')
  world.reconciler.stop()
})

test('a rotated key changes the credentials and leaves the snapshot as it is', async () => {
  const { clock, world } = await startSupport(new FakeClock())
  const [before] = world.plans.get('support')?.assignments.values() ?? []
  world.setSecret('support/keys/openai', { kind: 'found', version: '2', value: 'sk-rotated' })
  await clock.advance(150)
  const [after] = world.plans.get('support')?.assignments.values() ?? []
  assert.equal(after?.snapshotLine, before?.snapshotLine)
  assert.notEqual(after?.credentialsVersion, before?.credentialsVersion)
  assert.ok(!after?.credentialsVersion.includes('sk-'))
  world.reconciler.stop()
})

test('one edit compiles one namespace, and the echo of a status compiles none', async () => {
  const { clock, world } = await startSupport(new FakeClock())
  world.readers.namespaces.put({ name: 'other', labels: {} })
  world.readers.pods.put(samplePod('other/x'))
  world.acknowledgeAll()
  await clock.advance(2000)
  const { compilations } = world.reconciler.stats()
  world.readers.policies.put(
    sampleResource('FallbackPolicy', 'support/copilot', samplePolicy({ priority: 3 }), 2),
  )
  await clock.advance(2000)
  world.acknowledgeAll()
  await clock.advance(10_000)
  assert.equal(world.reconciler.stats().compilations, compilations + 1)
  assert.equal(world.statusOf('FallbackPolicy', 'copilot')?.observedGeneration, 2)
  world.reconciler.stop()
})

test('a pod that comes, goes or finishes compiles nothing anew', async () => {
  const { clock, world } = await startSupport(new FakeClock())
  const { compilations } = world.reconciler.stats()
  world.readers.pods.put(samplePod('support/d'))
  world.readers.pods.put(samplePod('support/a', { isFinished: true }))
  world.readers.pods.remove('support', 'b')
  await clock.advance(200)
  assert.deepEqual(
    [...(world.plans.get('support')?.assignments.keys() ?? [])],
    ['uid-support/c', 'uid-support/d'],
  )
  assert.equal(world.reconciler.stats().compilations, compilations)
  world.reconciler.stop()
})

test('the report lists every pod of ours', async () => {
  const { clock, world } = await startSupport(new FakeClock())
  world.acknowledgeAll()
  world.hangUp('uid-support/c')
  world.readers.pods.put(samplePod('support/d', { hasSidecar: false, injection: '' }))
  await clock.advance(200)
  assert.deepEqual(
    world.reconciler.report().pods.map(({ pod, policy: name, state }) => `${pod} ${name} ${state}`),
    [
      'a support/copilot programmed',
      'b support/copilot programmed',
      'c support/copilot stale',
      'd support/copilot notInjected',
    ],
  )
  world.reconciler.stop()
})

test('a namespace that is gone serves nobody any more', async () => {
  const { clock, world } = await startSupport(new FakeClock())
  for (const name of ['a', 'b', 'c']) world.readers.pods.remove('support', name)
  world.readers.policies.remove('support', 'copilot')
  world.readers.namespaces.remove('', 'support')
  await clock.advance(200)
  assert.equal(world.plans.get('support')?.assignments.size, 0)
  assert.deepEqual(world.reconciler.report().pods, [])
  assert.equal(world.reconciler.stats().namespaces, 0)
  world.reconciler.stop()
})

test('no alarm is left after the stop', async () => {
  const { clock, world } = await startSupport(new FakeClock())
  world.reconciler.stop()
  assert.equal(clock.pending, 0)
})
