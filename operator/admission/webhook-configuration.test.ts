import assert from 'node:assert/strict'
import test from 'node:test'
import { eventually } from '../../test/support/eventually.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { MemoryObjects } from '../../test/support/memory-objects.ts'
import { ScriptedLeadership } from '../../test/support/scripted-leadership.ts'
import { recordOf, recordsOf } from '../../test/support/simulated-vendors/json.ts'
import type { AdmissionEvent } from './admission-events.ts'
import { keepWebhookRegistered } from './keep-webhook-registered.ts'
import { saysAll } from './says-all.ts'
import { buildWebhookConfiguration } from './webhook-configuration.ts'

const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/llm-fallback'
const target = { kind: 'url', url: new URL('https://127.0.0.1:9443') } as const

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
    target,
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

test('the leader registers, registers again for a new bundle, and puts right what somebody changed', async () => {
  const { hands, objects, events, keeper, pass, rest, setBundle } = setUp('leader')
  keeper.start()
  await rest()
  assert.equal(clientOf(await objects.read(path))['caBundle'], btoa('first'))
  setBundle('second')
  await rest()
  assert.equal(clientOf(await objects.read(path))['caBundle'], btoa('second'))
  const registered = recordOf(await objects.read(path))
  await objects.apply(path, { ...registered, webhooks: [] })
  await pass(10_000)
  assert.equal(clientOf(await objects.read(path))['caBundle'], btoa('second'))
  const count = objects.writes.length
  await pass(10_000)
  assert.equal(objects.writes.length, count, 'nothing is written while all is well')
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['webhookRegistered', 'webhookRegistered', 'webhookRegistered'],
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
