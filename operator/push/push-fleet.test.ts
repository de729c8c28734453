// What replicas tell each other, over ConfigMaps that all of them watch.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { noOwnership } from '../../test/support/no-ownership.ts'
import type { SidecarState } from '../reconcile/ports.ts'
import { LocalFleet } from './local-fleet.ts'
import { MergedFleet } from './merged-fleet.ts'
import type { PushEvent } from './push-events.ts'
import { defaultPushLimits as limits } from './push-limits.ts'
import { RemoteFleet } from './remote-fleet.ts'
import { digestOf, SampleObjects, samplePod } from './sample-cluster.ts'
import { summaryName } from './summary-object.ts'
import { SummaryWriter } from './summary-writer.ts'

function stateOf(pod: string, changes: Partial<SidecarState> = {}): SidecarState {
  const { namespace, uid } = samplePod(pod)
  return { namespace, pod, uid, connectedAt: 1, version: '0.1.0', targets: [], ...changes }
}

function startReplica(clock: FakeClock, replica: string, summaries?: SampleObjects['summaries']) {
  const objects = new SampleObjects(summaries)
  const events: PushEvent[] = []
  const leadership = { isLeader: () => replica === 'leader', onChange: () => () => undefined }
  const ownership = noOwnership
  const parts = { clock, objects, ownership, replica, namespace: 'system', leadership, random: () => 0.5 }
  const report = (event: PushEvent) => void events.push(event)
  const local = new LocalFleet({ clock, ...limits })
  const remote = new RemoteFleet({
    ...parts,
    summaries: objects.summaries,
    staleMs: limits.summaryStaleMs,
    report,
  })
  const writer = new SummaryWriter({ ...parts, fleet: local, limits, report })
  const merged = new MergedFleet(local, remote)
  const told: string[] = []
  merged.onChange(namespace => void told.push(namespace))
  return { objects, events, local, remote, merged, told, stops: [writer.start(), remote.start()] }
}

/** Time in which things are compressed and read, which the fake clock knows nothing of. */
async function settle(clock: FakeClock, milliseconds: number) {
  for (let left = milliseconds; left > 0; left -= 500) {
    await clock.advance(Math.min(left, 500))
    await nextTurn()
  }
}

function startTwo() {
  const clock = new FakeClock()
  const leader = startReplica(clock, 'leader')
  const other = startReplica(clock, 'other', leader.objects.summaries)
  return { clock, leader, other }
}

test('a verdict on one replica is seen on the other', async () => {
  const { clock, leader, other } = startTwo()
  other.local.put(stateOf('a', { live: digestOf('a') }))
  await settle(clock, 500)
  assert.equal(leader.merged.find(samplePod('a').uid)?.live, digestOf('a'))
  assert.deepEqual(leader.told, ['shop'])
  assert.deepEqual([...leader.merged.list()], [...other.merged.list()])
})

test('a flood of changes is written once it is quiet, and once a second while it is not', async () => {
  const { clock, other } = startTwo()
  for (let index = 0; index < 30; index += 1) {
    other.local.put(stateOf(`p${index}`))
    await clock.advance(100)
    await nextTurn()
  }
  await settle(clock, 1_000)
  assert.ok(other.objects.applied.length >= 3 && other.objects.applied.length <= 5)
})

test('nothing is written while nothing changes, but for a sign of life', async () => {
  const { clock, other } = startTwo()
  other.local.put(stateOf('a'))
  await settle(clock, 59_000)
  assert.equal(other.objects.applied.length, 3)
  const renewals = [...other.objects.summaries.list()].map(summary => summary.data['renewal'])
  assert.deepEqual(renewals, ['3'])
})

test('a replica without streams writes nothing, and clears up once its last one is gone', async () => {
  const { clock, leader, other } = startTwo()
  await settle(clock, 30_000)
  assert.deepEqual(other.objects.applied, [])
  other.local.put(stateOf('a'))
  await settle(clock, 1_000)
  other.local.remove(samplePod('a').uid)
  await settle(clock, 1_000)
  assert.deepEqual([...leader.objects.summaries.list()], [])
  assert.equal(leader.merged.find(samplePod('a').uid), undefined)
})

test('our own stream counts more than what another replica says', async () => {
  const { clock, leader, other } = startTwo()
  other.local.put(stateOf('a', { live: digestOf('b'), connectedAt: 99 }))
  leader.local.put(stateOf('a', { live: digestOf('a') }))
  await settle(clock, 500)
  assert.equal(leader.merged.find(samplePod('a').uid)?.live, digestOf('a'))
  assert.equal([...leader.merged.list()].length, 1)
})

test('once our stream has ended, the newer of the two counts', async () => {
  const { clock, leader, other } = startTwo()
  other.local.put(stateOf('a', { live: digestOf('b'), connectedAt: 99 }))
  leader.local.put(stateOf('a', { live: digestOf('a') }))
  leader.local.leave(samplePod('a').uid)
  await settle(clock, 500)
  assert.equal(leader.merged.find(samplePod('a').uid)?.live, digestOf('b'))
  assert.deepEqual(
    [...leader.merged.list()].map(state => state.live),
    [digestOf('b')],
  )
})

test('the summary of a replica that is gone is ignored after a minute, and the leader removes it', async () => {
  const { clock, leader, other } = startTwo()
  other.local.put(stateOf('a'))
  await settle(clock, 1_000)
  for (const stop of other.stops) stop()
  await settle(clock, 58_000)
  leader.remote.sweep()
  assert.ok(leader.merged.find(samplePod('a').uid))
  await settle(clock, 3_000)
  leader.remote.sweep()
  assert.equal(leader.merged.find(samplePod('a').uid), undefined)
  await settle(clock, 500)
  assert.deepEqual([...leader.objects.summaries.list()], [])
  assert.equal(leader.events.at(-1)?.kind, 'summaryRemoved')
})

test('who does not lead ignores it as well, and removes nothing', async () => {
  const { clock, leader, other } = startTwo()
  leader.local.put(stateOf('a'))
  await settle(clock, 1_000)
  for (const stop of leader.stops) stop()
  await settle(clock, 61_000)
  other.remote.sweep()
  assert.equal(other.merged.find(samplePod('a').uid), undefined)
  assert.deepEqual(other.objects.removed, [])
})

test('a replica that starts knows the fleet from the summaries that are there', async () => {
  const { clock, other } = startTwo()
  other.local.put(stateOf('a', { live: digestOf('a') }))
  await settle(clock, 1_000)
  const third = startReplica(clock, 'third', other.objects.summaries)
  await settle(clock, 500)
  assert.equal(third.merged.find(samplePod('a').uid)?.live, digestOf('a'))
})

test('a summary that cannot be written is tried again, later and later, and is whole in the end', async () => {
  const { clock, leader, other } = startTwo()
  other.objects.failure = new Error('forbidden')
  other.local.put(stateOf('a'))
  await settle(clock, 8_000)
  other.local.put(stateOf('b'))
  const retries = other.events.flatMap(event => (event.kind === 'summaryNotWritten' ? [event.retryInMs] : []))
  assert.deepEqual(retries, [1_000, 2_000, 4_000, 8_000])
  other.objects.failure = undefined
  await settle(clock, 10_000)
  assert.equal([...leader.merged.list()].length, 2)
})

test('a summary that cannot be read is reported, and what was known stays until it is stale', async () => {
  const { clock, leader, other } = startTwo()
  other.local.put(stateOf('a'))
  await settle(clock, 1_000)
  const [summary] = [...leader.objects.summaries.list()]
  assert.ok(summary !== undefined)
  leader.objects.summaries.put({ ...summary, data: { ...summary.data, summary: '{' } })
  leader.objects.summaries.put({ name: 'llm-fallback-fleet-strange', data: {} })
  await settle(clock, 500)
  const kinds = leader.events.map(event => event.kind)
  assert.deepEqual(kinds, ['summaryUnreadable', 'summaryUnreadable'])
  assert.ok(leader.merged.find(samplePod('a').uid))
})

test('names of summaries are names that Kubernetes takes', () => {
  assert.equal(summaryName('Operator_7f.x_0a1b', 0), 'llm-fallback-fleet-operator-7f-x-0a1b')
  assert.equal(summaryName('a', 2), 'llm-fallback-fleet-a-2')
  assert.ok(summaryName('x'.repeat(400), 9).length <= 253)
})
