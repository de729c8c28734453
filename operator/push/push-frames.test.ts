// What goes down a stream.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { eventually } from '../../test/support/eventually.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import type { PushLimits } from './push-limits.ts'
import { digestOf, sampleAssignment, samplePlan, samplePod } from './sample-cluster.ts'
import { SamplePushServer } from './sample-push-server.ts'
import { openStream } from './sample-sidecar.ts'

const read = (name: string) =>
  readFileSync(new URL(`../../test/support/tls/${name}`, import.meta.url), 'utf8')
const certificate = { cert: read('provider.pem'), key: read('provider.key') }
const tls = { certificate, ca: read('ca.pem'), servername: 'provider.test' }

async function start(context: TestContext, limits: Partial<PushLimits> = {}) {
  const clock = new FakeClock()
  const push = new SamplePushServer({ clock, ...tls, limits })
  await push.listen()
  context.after(async () => {
    const drained = push.server.drain()
    await clock.advance(10_000)
    await drained
  })
  return { clock, push }
}

test('sends credentials before the snapshot that needs them', async context => {
  const { push } = await start(context)
  push.server.publish(samplePlan(['a'], sampleAssignment({ digit: 'a', credentials: '1' })))
  const stream = await push.connect('a')
  await stream.until('a snapshot', () => stream.snapshots().length === 1)
  assert.deepEqual(stream.kinds(), ['hello', 'credentials', 'snapshot'])
})

test('sends nothing but a hello to a pod without an assignment, and its snapshot once it has one', async context => {
  const { push } = await start(context)
  const stream = await push.connect('a')
  push.server.publish(samplePlan(['b'], sampleAssignment({ digit: 'a' })))
  assert.deepEqual(stream.kinds(), ['hello'])
  push.server.publish(samplePlan(['a'], sampleAssignment({ digit: 'b' })))
  await stream.until('a snapshot', () => stream.snapshots().length > 0)
  assert.deepEqual(stream.snapshots(), [digestOf('b')])
})

test('a plan for another namespace does not reach a pod', async context => {
  const { push } = await start(context)
  const stream = await push.connect('a')
  push.server.publish({
    ...samplePlan(['a'], sampleAssignment({ digit: 'a' })),
    namespace: 'other',
  })
  push.server.publish(samplePlan(['a'], sampleAssignment({ digit: 'b' })))
  await stream.until('a snapshot', () => stream.snapshots().length > 0)
  assert.deepEqual(stream.snapshots(), [digestOf('b')])
})

test('a rotated key goes out alone', async context => {
  const { push } = await start(context)
  push.server.publish(samplePlan(['a'], sampleAssignment({ digit: 'a', credentials: '1' })))
  const stream = await push.connect('a')
  await stream.until('a snapshot', () => stream.snapshots().length === 1)
  push.server.publish(samplePlan(['a'], sampleAssignment({ digit: 'a', credentials: '2' })))
  await stream.until('credentials', () => stream.kinds().length === 4)
  assert.deepEqual(stream.kinds(), ['hello', 'credentials', 'snapshot', 'credentials'])
})

test('of a storm of plans the newest arrives, and few of the others', async context => {
  const { push } = await start(context)
  const stream = await push.connect('a')
  for (let round = 0; round < 1_000; round += 1) {
    push.server.publish(samplePlan(['a'], sampleAssignment({ digit: (round % 10).toString() })))
  }
  push.server.publish(samplePlan(['a'], sampleAssignment({ digit: 'f' })))
  await stream.until('the newest', () => stream.snapshots().at(-1) === digestOf('f'))
  assert.equal(stream.snapshots().length, 1)
})

test('all streams of a class get the same bytes', async context => {
  const { push } = await start(context)
  const names = Array.from({ length: 30 }, (_, index) => `p${index}`)
  const streams = await Promise.all(names.map(name => push.connect(name)))
  const assignment = sampleAssignment({ digit: 'a', credentials: '1' })
  push.server.publish(samplePlan(names, assignment))
  for (const stream of streams) await stream.until('a snapshot', () => stream.snapshots().length === 1)
  const { snapshotsPushed, bytesPushed } = push.server.stats()
  assert.equal(snapshotsPushed, 30)
  assert.equal(bytesPushed, 30 * (assignment.snapshotLine.length + assignment.credentialsLine.length))
})

test('a reader that takes nothing is offered nothing more, then the newest alone', async context => {
  const { push } = await start(context)
  const stream = await push.connect('a')
  stream.pause()
  // More than the buffers of both kernels hold.
  const bytes = 12 * 1024 * 1024
  push.server.publish(samplePlan(['a'], sampleAssignment({ digit: '1', bytes })))
  await eventually('the first snapshot to be written', () => push.server.stats().snapshotsPushed || undefined)
  for (const digit of ['2', '3', '4', '5', '6']) {
    push.server.publish(samplePlan(['a'], sampleAssignment({ digit, bytes })))
    await new Promise(resolve => setImmediate(resolve))
  }
  assert.equal(push.server.stats().snapshotsPushed, 1)
  stream.resume()
  await stream.until('the newest', () => stream.snapshots().at(-1) === digestOf('6'))
  assert.deepEqual(stream.snapshots(), [digestOf('1'), digestOf('6')])
})

test('a reader that takes nothing for a minute is cut, though it reports', async context => {
  const { push, clock } = await start(context)
  const stream = await push.connect('a')
  stream.pause()
  push.server.publish(samplePlan(['a'], sampleAssignment({ digit: '1', bytes: 12 * 1024 * 1024 })))
  await eventually('the snapshot to be written', () => push.server.stats().snapshotsPushed || undefined)
  for (let seconds = 0; seconds < 60; seconds += 5) {
    await push.tell(stream, { kind: 'health', targets: [] })
    await clock.advance(5_000)
  }
  await clock.advance(1_000)
  assert.deepEqual(push.closings(), ['slowReader'])
  assert.equal(push.server.stats().streams, 0)
})

test('what is live or answered is not sent again, also after the stream was cut', async context => {
  const { push } = await start(context)
  push.server.publish(samplePlan(['a'], sampleAssignment({ digit: 'a', credentials: '1' })))
  const first = await push.connect('a')
  await first.until('a snapshot', () => first.snapshots().length === 1)
  await push.tell(first, { kind: 'verdict', digest: digestOf('a'), verdict: 'Applied' })
  first.hangUp()
  await eventually('the end of the stream', () => push.closings()[0])
  const second = await push.connect('a', { 'x-llm-fallback-live': digestOf('a') })
  await second.until('credentials', () => second.kinds().length === 2)
  assert.deepEqual(second.kinds(), ['hello', 'credentials'])
})

test('a new certificate serves new streams, and open ones go on', async context => {
  const { push } = await start(context)
  const first = await push.connect('a')
  push.renewCertificate({ cert: 'not a certificate', key: 'not a key' })
  assert.equal(push.events.at(-1)?.kind, 'certificateUnusable')
  const second = await push.connect('b')
  push.renewCertificate(certificate)
  assert.equal(push.events.at(-1)?.kind, 'certificateSwapped')
  const third = await push.connect('c')
  push.server.publish(samplePlan(['a', 'b', 'c'], sampleAssignment({ digit: 'a' })))
  for (const stream of [first, second, third]) {
    await stream.until('a snapshot', () => stream.snapshots().length === 1)
  }
})

test('the newest stream of a pod replaces the one before it', async context => {
  const { push } = await start(context)
  const first = await push.connect('a')
  const second = await push.connect('a')
  await first.until('its end', () => first.isClosed)
  assert.equal(first.farewell(), 'replaced')
  assert.equal(push.server.stats().streams, 1)
  push.server.publish(samplePlan(['a'], sampleAssignment({ digit: 'a' })))
  await second.until('a snapshot', () => second.snapshots().length === 1)
  assert.equal(push.server.fleet.local.find(samplePod('a').uid)?.pod, 'a')
})

test('a pod whose shape lets others take a key gets its snapshot and no key', async context => {
  const { push } = await start(context)
  push.server.publish(samplePlan(['a'], sampleAssignment({ digit: 'a', credentials: '1' })))
  push.pods.put(samplePod('a', { unsound: 'SameUser: container app runs as user 0' }))
  const stream = await openStream(push.target, 'token-of-a')
  await stream.until('a snapshot', () => stream.snapshots().length === 1)
  assert.deepEqual(stream.kinds(), ['hello', 'credentials', 'snapshot'])
  assert.deepEqual(stream.keys(), [[]])
  const [event] = push.events.filter(({ kind }) => kind === 'credentialsWithheld')
  assert.deepEqual(event, {
    kind: 'credentialsWithheld',
    namespace: 'shop',
    pod: 'a',
    reason: 'SameUser: container app runs as user 0',
  })
})

test('a key is withdrawn when the shape of the pod changes, and sent again when it is as it was', async context => {
  const { push } = await start(context)
  push.server.publish(samplePlan(['a'], sampleAssignment({ digit: 'a', credentials: '1' })))
  const stream = await push.connect('a')
  await stream.until('a snapshot', () => stream.snapshots().length === 1)
  push.pods.put(samplePod('a', { unsound: 'SidecarDebugged: look' }))
  await stream.until('the withdrawal', () => stream.keys().length === 2)
  push.server.publish(samplePlan(['a'], sampleAssignment({ digit: 'b', credentials: '2' })))
  await stream.until('the next snapshot', () => stream.snapshots().length === 2)
  push.pods.put(samplePod('a'))
  await stream.until('the key', () => stream.keys().length === 3)
  assert.deepEqual(stream.keys(), [['1'], [], ['2']])
})
