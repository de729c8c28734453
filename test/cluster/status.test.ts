// What `kubectl get` and `kubectl describe` tell: true soon after a change, complete, and at rest when nothing changes.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { askChat } from '../support/ask.ts'
import { eventually } from '../support/eventually.ts'
import { startSimulatedOpenAi } from '../support/simulated-vendors/openai-vendor.ts'
import type { SimulatedVendor } from '../support/simulated-vendors/vendor-server.ts'
import { awaitPolicy, type Fleet, objectPath, openFleet, writePolicy } from './sample-fleet.ts'

/** An operator that has just started gives pods a quarter of a minute to come back before it calls them silent. */
const silenceWithinMs = 30_000
/** Longer than the pause between two writes of one object. */
const restMs = 6_500

let fleet: Fleet
let vendor: SimulatedVendor

before(async () => {
  vendor = await startSimulatedOpenAi({ apiKey: 'any' })
  fleet = await openFleet(['live', 'count', 'restored', 'late', 'health'])
})
after(async () => {
  await fleet?.close()
  await vendor?.close()
})

function policy(namespace: string) {
  return { namespace, kind: 'fallbackpolicies', name: 'p' }
}

function writeProvider(namespace: string): string {
  return JSON.stringify({
    apiVersion: 'llmfallback.io/v1alpha1',
    kind: 'LLMProvider',
    metadata: { name: 'vendor', namespace },
    spec: { dialect: 'OpenAI', endpoint: vendor.baseUrl, credentials: { caller: {} } },
  })
}

async function versionsOf(namespace: string): Promise<string> {
  return fleet.kubectl(
    'get',
    'fbp,llmp',
    '-n',
    namespace,
    '-o',
    'jsonpath={.items[*].metadata.resourceVersion}',
  )
}

describe('status', { concurrency: true }, () => {
  test('one line tells that each of several quick edits is live in every pod, and then rests', async () => {
    const namespace = 'live'
    for (const name of ['a', 'b', 'c']) await fleet.startPod({ namespace, name, app: 'x' })
    for (const generation of [1, 2, 3, 4]) {
      await fleet.apply(writePolicy({ namespace, name: 'p', deadline: `${generation}0s` }))
      await fleet.kubectl('wait', 'fbp/p', '-n', namespace, '--for=condition=Programmed', '--timeout=5s')
      const { observedGeneration } = await fleet.awaitReason(policy(namespace), 'Programmed', 'Programmed')
      assert.equal(observedGeneration, generation)
    }
    const line = await fleet.kubectl('get', 'fbp', 'p', '-n', namespace, '--no-headers')
    assert.match(line, /^p +True +True +3\/3 +/)
    const before = await versionsOf(namespace)
    await sleep(restMs)
    assert.equal(await versionsOf(namespace), before)
  })

  test('every pod is accounted for, and those that do not run the policy are named', async () => {
    const namespace = 'count'
    const labels = { app: 'x' }
    await fleet.apply(writePolicy({ namespace, name: 'p', app: 'x' }))
    const alive = await fleet.startPod({ namespace, name: 'alive', app: 'x' })
    await awaitPolicy(alive, 'p@1')
    const mute = await fleet.cluster.createPod({ namespace, name: 'mute', labels, node: 'n' })
    await fleet.cluster.setPodRunning(mute)
    await fleet.cluster.createPod({ namespace, name: 'plain', labels, node: 'n', sidecar: 'absent' })
    const done = await fleet.cluster.createPod({ namespace, name: 'done', labels, node: 'n' })
    await fleet.cluster.setPodFinished(done, 'Failed')
    const whole =
      /^live in 1 of 3 pods; 1 not heard from yet \(count\/mute\); 1 without a sidecar \(count\/plain\): label the namespace/
    const look = async () => {
      const { message } = await fleet.awaitReason(policy(namespace), 'Programmed', /./)
      return whole.test(message) || undefined
    }
    await eventually('all pods are told of', look, silenceWithinMs)
    const pods = await fleet.kubectl('get', 'fbp', 'p', '-n', namespace, '-o', 'jsonpath={.status.pods}')
    assert.deepEqual(JSON.parse(pods), { matched: 3, programmed: 1, rejected: 0, stale: 1, notInjected: 1 })
    await fleet.cluster.deletePod(mute)
    await fleet.kubectl('delete', 'pod', 'plain', '-n', namespace, '--grace-period=0', '--force')
    await fleet.awaitReason(policy(namespace), 'Programmed', 'Programmed')
  })

  test('a status that came with a restored backup is replaced, whatever generation it speaks of', async () => {
    const namespace = 'restored'
    await fleet.apply(writePolicy({ namespace, name: 'p' }))
    await fleet.awaitReason(policy(namespace), 'Programmed', 'NoMatchingPods')
    const lastTransitionTime = '2026-01-31T12:00:00Z'
    const foreign = {
      type: 'Accepted',
      status: 'False',
      reason: 'Foreign',
      message: 'of another cluster',
      observedGeneration: 99,
      lastTransitionTime,
    }
    await fleet.cluster.adminExpect('PATCH', `${objectPath(policy(namespace))}/status`, {
      status: { observedGeneration: 99, live: '7/7', conditions: [foreign] },
    })
    const { observedGeneration } = await fleet.awaitReason(policy(namespace), 'Accepted', 'Accepted')
    assert.equal(observedGeneration, 1)
  })

  test('a provider that comes later resolves the reference without an edit of the policy', async () => {
    const namespace = 'late'
    await fleet.apply(writePolicy({ namespace, name: 'p', provider: 'vendor' }))
    const { message } = await fleet.awaitReason(policy(namespace), 'ResolvedRefs', 'ProviderNotFound')
    assert.match(message, /^spec\.routes\[0\]\.chain\[0\]\.target\.providerRef\.name: .*"vendor"/)
    await fleet.apply(writeProvider(namespace))
    const { observedGeneration } = await fleet.awaitReason(policy(namespace), 'ResolvedRefs', 'ResolvedRefs')
    assert.equal(observedGeneration, 1)
    const events = await fleet.kubectl('get', 'events', '-n', namespace)
    assert.match(events, /Warning +ProviderNotFound +fallbackpolicy\/p +spec\.routes\[0\]/)
    assert.match(events, /Normal +ResolvedRefs +fallbackpolicy\/p/)
  })

  test('a provider that fails is shown to fail, and to be well again once it answers', async () => {
    const namespace = 'health'
    const sidecar = await fleet.startPod({ namespace, name: 'a', app: 'x' })
    await fleet.apply(writeProvider(namespace))
    await fleet.apply(writePolicy({ namespace, name: 'p', provider: 'vendor' }))
    await awaitPolicy(sidecar, 'p@1')
    const ask = () => askChat(sidecar.url, { model: 'gpt-4o', headers: { authorization: 'Bearer any' } })
    const provider = { namespace, kind: 'llmproviders', name: 'vendor' }
    await vendor.breakWith('server-error')
    for (let call = 0; call < 3; call += 1) await ask()
    const failing = await fleet.awaitReason(provider, 'Healthy', 'BreakerOpen')
    assert.equal(failing.status, 'False')
    assert.equal(failing.message, 'the breaker of gpt-4o is open in all of the pods that use it')
    await vendor.heal()
    await eventually('the provider serves again', async () => (await ask()).verdict.hop === 0 || undefined)
    for (let call = 0; call < 12; call += 1) await ask()
    await fleet.awaitReason(provider, 'Healthy', 'Healthy')
    const line = await fleet.kubectl('get', 'llmp', 'vendor', '-n', namespace, '--no-headers')
    assert.match(line, /^vendor +OpenAI +True +True +/)
  })
})
