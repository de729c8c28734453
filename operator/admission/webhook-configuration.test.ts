import assert from 'node:assert/strict'
import test from 'node:test'
import { eventually } from '../../test/support/eventually.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { MemoryObjects } from '../../test/support/memory-objects.ts'
import { ScriptedLeadership } from '../../test/support/scripted-leadership.ts'
import { recordOf, recordsOf } from '../../test/support/simulated-vendors/json.ts'
import type { AdmissionEvent } from './admission-events.ts'
import { keepWebhookRegistered } from './keep-webhook-registered.ts'
import { buildMutatingWebhookConfiguration } from './mutating-webhook-configuration.ts'
import { registrationsFor } from './registrations.ts'
import { saysAll } from './says-all.ts'
import { buildWebhookConfiguration } from './webhook-configuration.ts'

const group = '/apis/admissionregistration.k8s.io/v1'
const path = `${group}/validatingwebhookconfigurations/llm-fallback`
const podPath = `${group}/mutatingwebhookconfigurations/llm-fallback`
const target = { kind: 'url', url: new URL('https://127.0.0.1:9443') } as const
const registrations = registrationsFor({ target, operatorNamespace: 'system', failurePolicy: 'Fail' })
const owned = { ownerReferences: [{ kind: 'ClusterRole', name: 'llm-fallback' }] }

function clientOf(configuration: unknown): Readonly<Record<string, unknown>> {
  return recordOf(recordsOf(recordOf(configuration)['webhooks'])[0]?.['clientConfig'])
}

function setUp(role: 'leader' | 'follower') {
  const hands = new FakeClock()
  const objects = new MemoryObjects()
  const leadership = new ScriptedLeadership(role)
  const events: AdmissionEvent[] = []
  const listeners = new Set<() => void>()
  let bundle = 'first'
  const trust = {
    bundle: () => bundle,
    onBundleChange(listener: () => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  const keeper = keepWebhookRegistered({
    objects,
    leadership,
    clock: hands,
    ownership: {
      claim: async wanted => ({
        ...wanted,
        metadata: { ...recordOf(Reflect.get(wanted, 'metadata')), ...owned },
      }),
    },
    registrations,
    trust,
    report: event => events.push(event),
  })
  const rest = () => eventually('the keeper rests', () => hands.pending === 1 || undefined)
  return {
    hands,
    objects,
    leadership,
    events,
    keeper,
    rest,
    async pass(ms: number) {
      await rest()
      hands.tick(ms)
      await rest()
    },
    setBundle(next: string) {
      bundle = next
      for (const listener of listeners) listener()
    },
  }
}

test('both ask AKS not to change their selectors, which would never end', () => {
  for (const { build } of registrations) {
    const { labels } = recordOf(recordOf(build('pem'))['metadata'])
    assert.equal(recordOf(labels)['admissions.enforcer/disabled'], 'true')
  }
})

test('by URL the path of the operator comes before ours; by service it is port 443 of its namespace', () => {
  const prefixed = { kind: 'url', url: new URL('https://operator.example:9443/hooks/') } as const
  assert.equal(
    clientOf(buildWebhookConfiguration(prefixed, 'x'))['url'],
    'https://operator.example:9443/hooks/validate',
  )
  const byService = buildWebhookConfiguration({ kind: 'service', namespace: 'system' }, 'x')
  assert.deepEqual(clientOf(byService)['service'], {
    name: 'llm-fallback',
    namespace: 'system',
    path: '/validate',
    port: 443,
  })
})

test('pods are asked about where the namespace or the pod asks for it, and never those of the cluster and of the operator', () => {
  for (const failurePolicy of ['Fail', 'Ignore'] as const) {
    const built = buildMutatingWebhookConfiguration(
      { target, operatorNamespace: 'system', failurePolicy },
      'x',
    )
    const webhooks = recordsOf(recordOf(built)['webhooks'])
    assert.deepEqual(
      webhooks.map(webhook => webhook['failurePolicy']),
      [failurePolicy, 'Ignore', 'Ignore'],
    )
    for (const { namespaceSelector, clientConfig, rules } of webhooks) {
      const expressions = recordsOf(recordOf(namespaceSelector)['matchExpressions'])
      const byName = expressions.find(({ key }) => key === 'kubernetes.io/metadata.name')
      assert.deepEqual([byName?.['operator'], byName?.['values']], ['NotIn', ['kube-system', 'system']])
      assert.equal(recordOf(clientConfig)['url'], 'https://127.0.0.1:9443/inject')
      assert.deepEqual(recordsOf(rules)[0]?.['operations'], ['CREATE'])
    }
  }
})

test('the leader registers, registers again for a new bundle, and puts right what somebody changed', async () => {
  const { hands, objects, events, keeper, pass, rest, setBundle } = setUp('leader')
  keeper.start()
  await rest()
  assert.equal(clientOf(await objects.read(path))['caBundle'], btoa('first'))
  assert.equal(clientOf(await objects.read(podPath))['caBundle'], btoa('first'))
  assert.deepEqual(
    recordOf(recordOf(await objects.read(podPath))['metadata'])['ownerReferences'],
    owned.ownerReferences,
  )
  setBundle('second')
  await rest()
  assert.equal(clientOf(await objects.read(path))['caBundle'], btoa('second'))
  assert.equal(clientOf(await objects.read(podPath))['caBundle'], btoa('second'))
  const registered = recordOf(await objects.read(path))
  await objects.apply(path, { ...registered, webhooks: [] })
  await pass(10_000)
  assert.equal(clientOf(await objects.read(path))['caBundle'], btoa('second'))
  const count = objects.writes.length
  await pass(10_000)
  assert.equal(objects.writes.length, count, 'nothing is written while all is well')
  assert.deepEqual(
    events.map(({ kind }) => kind),
    Array.from({ length: 5 }, () => 'webhookRegistered'),
  )
  keeper.stop()
  assert.equal(hands.pending, 0)
})

test('a follower writes nothing until it leads, and a failure is tried again', async () => {
  const { objects, leadership, events, keeper, pass, rest } = setUp('follower')
  keeper.start()
  await pass(60_000)
  assert.deepEqual(objects.writes, [])
  objects.outage = new Error('away')
  leadership.become('leader')
  await rest()
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['webhookNotRegistered'],
  )
  objects.outage = undefined
  await pass(1_000)
  assert.equal(clientOf(await objects.read(path))['caBundle'], btoa('first'))
  keeper.stop()
})

test('nothing is registered before there is an authority to trust', async () => {
  const { objects, keeper, rest, setBundle } = setUp('leader')
  setBundle('')
  keeper.start()
  await rest()
  assert.deepEqual(objects.writes, [])
  keeper.stop()
})

test('defaults that the API server adds are no difference, everything else is', () => {
  const wanted = { a: [{ b: 1 }], c: 'd' }
  assert.ok(saysAll({ a: [{ b: 1, added: true }], c: 'd', more: 1 }, wanted))
  for (const stored of [
    undefined,
    {},
    { a: [], c: 'd' },
    { a: [{ b: 2 }], c: 'd' },
    { a: { 0: { b: 1 } }, c: 'd' },
  ]) {
    assert.ok(!saysAll(stored, wanted))
  }
})
