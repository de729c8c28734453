import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import type { ApiRequest } from './api-client.ts'
import { createEventRecorder, type RunningEventRecorder } from './event-recorder.ts'

const subject = { kind: 'FallbackPolicy', namespace: 'shop', name: 'main', uid: 'u-1' } as const
const event = { type: 'Warning', reason: 'Rejected', message: 'Pod cart-1 refused it.' } as const
let clock: FakeClock
let sent: ApiRequest[]
let failing: boolean
let failures: unknown[]
let recorder: RunningEventRecorder

beforeEach(() => {
  clock = new FakeClock()
  sent = []
  failing = false
  failures = []
  const client = {
    send: async (request: ApiRequest) => {
      sent.push(request)
      if (failing) throw new Error('no')
      return {}
    },
    stream: () => Promise.reject(new Error('not asked for')),
    close: async () => undefined,
  }
  const onFailure = (error: unknown) => void failures.push(error)
  recorder = createEventRecorder({ client, clock, random: () => 0.5, identity: 'operator-1', onFailure })
})

test('an event names its object, who saw it and when', async () => {
  recorder.record(subject, event)
  await clock.advance(0)
  assert.equal(sent[0]?.path, '/apis/events.k8s.io/v1/namespaces/shop/events')
  const { metadata, ...body } = Object(sent[0]?.body)
  assert.match(metadata.name, /^main\.[0-9a-f]+$/)
  assert.deepEqual(body, {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingController: 'llmfallback.io/operator',
    reportingInstance: 'operator-1',
    action: 'Rejected',
    reason: 'Rejected',
    type: 'Warning',
    note: 'Pod cart-1 refused it.',
    regarding: { apiVersion: 'llmfallback.io/v1alpha1', ...subject },
  })
})

test('repeats count up the event that is there, once a minute at most', async () => {
  for (let second = 0; second < 150; second += 1) {
    recorder.record(subject, event)
    await clock.advance(1_000)
  }
  assert.deepEqual(
    sent.map(one => [one.method, Object(one.body).series?.count]),
    [
      ['POST', undefined],
      ['PATCH', 61],
      ['PATCH', 121],
    ],
  )
  assert.match(sent[1]?.path ?? '', /\/events\/main\.[0-9a-f]+$/)
})

test('a flood is cut off, and goes on at a trickle', async () => {
  const flood = (from: number, to: number) => {
    for (let at = from; at < to; at += 1) recorder.record({ ...subject, uid: `u-${at}` }, event)
  }
  flood(0, 1_000)
  await clock.advance(10_000)
  assert.equal(sent.length, 50)
  assert.equal(recorder.dropped(), 950)
  flood(1_000, 2_000)
  await clock.advance(1_000)
  assert.equal(sent.length, 70)
})

test('a failure is told and stops nothing', async () => {
  failing = true
  recorder.record(subject, event)
  await clock.advance(0)
  failing = false
  recorder.record({ ...subject, uid: 'u-2' }, event)
  await clock.advance(0)
  assert.equal(failures.length, 1)
  assert.equal(sent.length, 2)
})

test('cluster kinds have their events in the default namespace', async () => {
  recorder.record({ kind: 'ClusterLLMProvider', namespace: '', name: 'all', uid: 'u-3' }, event)
  await clock.advance(0)
  assert.match(sent[0]?.path ?? '', /namespaces\/default\/events$/)
})

test('the same event about a pod has the same name whoever writes it, and is not counted up', async () => {
  const pod = { kind: 'Pod', namespace: 'shop', name: 'cart-1', uid: 'u-7' } as const
  for (let second = 0; second < 90; second += 1) {
    recorder.record(pod, event)
    await clock.advance(1_000)
  }
  recorder.record(pod, { ...event, message: 'Another.' })
  await clock.advance(0)
  assert.deepEqual(
    sent.map(one => one.method),
    ['POST', 'POST'],
  )
  const [first, second] = sent.map(one => Object(one.body))
  assert.equal(first.metadata.name, 'cart-1.8666b4651f5a07a7')
  assert.notEqual(second.metadata.name, first.metadata.name)
  assert.deepEqual(first.regarding, { apiVersion: 'v1', ...pod })
})

test('a rollout of pods takes nothing from the events of resources', async () => {
  for (let at = 0; at < 300; at += 1) {
    recorder.record({ kind: 'Pod', namespace: 'shop', name: `p-${at}`, uid: `u-${at}` }, event)
  }
  recorder.record(subject, event)
  await clock.advance(0)
  assert.equal(sent.length, 201)
  assert.equal(recorder.dropped(), 100)
})
