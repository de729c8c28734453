// What comes up a stream.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { longestReport } from '../../crds/snapshot/control-frames.ts'
import { eventually } from '../../test/support/eventually.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import type { PushLimits } from './push-limits.ts'
import { digestOf, sampleAssignment, samplePlan, samplePod } from './sample-cluster.ts'
import { SamplePushServer } from './sample-push-server.ts'

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

const applied = { kind: 'verdict', digest: digestOf('a'), verdict: 'Applied' }
const rejected = { ...applied, verdict: 'Rejected', message: 'no such\u0007 dialect' }
const target = { provider: 'LLMProvider/shop/vendor', model: 'm', breaker: 'open', attempts: 3, failures: 2 }
const health = (...targets: unknown[]) => ({ kind: 'health', targets })

async function offerTo(push: SamplePushServer, pod: string) {
  push.server.publish(samplePlan([pod], sampleAssignment({ digit: 'a' })))
  const stream = await push.connect(pod)
  await stream.until('a snapshot', () => stream.snapshots().length === 1)
  return stream
}

const stateOf = (push: SamplePushServer, pod: string) => push.server.fleet.local.find(samplePod(pod).uid)

test('a verdict changes what the fleet says of the pod', async context => {
  const { push } = await start(context)
  const told: string[] = []
  const stream = await offerTo(push, 'a')
  push.server.fleet.local.onChange(namespace => void told.push(namespace))
  await push.tell(stream, applied)
  assert.equal(stateOf(push, 'a')?.live, digestOf('a'))
  assert.deepEqual(told, ['shop'])
})

test('a refusal is kept with its message made plain', async context => {
  const { push } = await start(context)
  await push.tell(await offerTo(push, 'a'), rejected)
  assert.deepEqual(stateOf(push, 'a')?.rejected, { digest: digestOf('a'), message: 'no such dialect' })
  assert.equal(stateOf(push, 'a')?.live, undefined)
})

test('a refusal outlives the stream on which it was said', async context => {
  const { push } = await start(context)
  await push.tell(await offerTo(push, 'a'), rejected)
  await push.connect('a')
  assert.equal(stateOf(push, 'a')?.rejected?.digest, digestOf('a'))
})

test('a verdict on a snapshot that was not offered changes nothing', async context => {
  const { push } = await start(context)
  const stream = await offerTo(push, 'a')
  await push.tell(stream, { ...applied, digest: digestOf('b') })
  assert.equal(stateOf(push, 'a')?.live, undefined)
  assert.equal(push.server.stats().streams, 1)
})

test('a pod speaks for itself alone, whatever it names', async context => {
  const { push } = await start(context)
  const victim = await offerTo(push, 'a')
  const thief = await push.connect('b')
  await push.tell(thief, { ...applied, pod: 'a', uid: samplePod('a').uid, namespace: 'shop' })
  assert.equal(stateOf(push, 'a')?.live, undefined)
  await push.tell(victim, applied)
  assert.equal(stateOf(push, 'a')?.live, digestOf('a'))
})

test('what comes after a farewell changes nothing', async context => {
  const { push, clock } = await start(context)
  const first = await offerTo(push, 'a')
  first.pause()
  await push.connect('a')
  first.say(applied)
  await clock.advance(1_000)
  assert.equal(stateOf(push, 'a')?.live, undefined)
})

test('health names only providers that the pod was given', async context => {
  const { push } = await start(context)
  const stream = await offerTo(push, 'a')
  const foreign = { ...target, provider: 'LLMProvider/other/vendor' }
  const inherited = { ...target, provider: '__proto__' }
  await push.tell(stream, health(target, foreign, inherited))
  assert.deepEqual(stateOf(push, 'a')?.targets, [target])
})

test('a breaker that moves is told at once, counts a little later', async context => {
  const { push, clock } = await start(context)
  const stream = await offerTo(push, 'a')
  const told: string[] = []
  push.server.fleet.merged.onChange(namespace => void told.push(namespace))
  await push.tell(stream, health(target))
  assert.equal(told.length, 1)
  await push.tell(stream, health({ ...target, attempts: 9 }))
  assert.equal(told.length, 1)
  await clock.advance(16_000)
  assert.equal(told.length, 2)
})

test('a sidecar that never stops reporting is cut, and nobody has heard most of it', async context => {
  const { push } = await start(context, { mostReportsPerHeartbeat: 50 })
  const stream = await push.connect('a')
  const verdict = JSON.stringify({ kind: 'verdict', digest: digestOf('9'), verdict: 'Applied' })
  stream.say(Array.from({ length: 10_000 }, () => verdict).join('\n'))
  await stream.until('the cut', () => stream.isClosed)
  assert.equal(push.events.filter(({ kind }) => kind === 'verdictPassedOver').length, 50)
  assert.deepEqual(push.events.at(-1), {
    ...{ kind: 'streamClosed', namespace: 'shop', pod: 'a', reason: 'garbled' },
    problem: 'more than 50 reports within a heartbeat',
  })
})

test('a sidecar that has much to say over a long time keeps its stream', async context => {
  const { push, clock } = await start(context, { mostReportsPerHeartbeat: 2 })
  const stream = await push.connect('a')
  for (let heartbeat = 0; heartbeat < 4; heartbeat += 1) {
    await clock.advance(15_000)
    await push.tell(stream, { kind: 'health', targets: [] })
  }
  assert.equal(push.server.stats().streams, 1)
})

test('a report of a newer kind is a sign of life and nothing else', async context => {
  const { push, clock } = await start(context)
  const stream = await offerTo(push, 'a')
  await clock.advance(40_000)
  await push.tell(stream, { kind: 'weather', is: 'fine' })
  await clock.advance(40_000)
  assert.equal(push.server.stats().streams, 1)
})

const malformed = [
  '{',
  '[]',
  'null',
  '{}',
  '{"kind":"health","targets":[{"provider":"sk-secret"}]}',
  '\u0000',
]
for (const line of malformed) {
  test(`a stream ends with ${JSON.stringify(line)}, and its content is not told`, async context => {
    const { push } = await start(context)
    const stream = await offerTo(push, 'a')
    stream.say(line)
    await eventually('the end of the stream', () => push.closings()[0])
    assert.deepEqual(push.closings(), ['garbled'])
    assert.doesNotMatch(JSON.stringify(push.events), /sk-secret/)
    assert.equal(push.server.stats().streams, 0)
  })
}

test('a stream ends with a line that does not end', async context => {
  const { push } = await start(context)
  const stream = await offerTo(push, 'a')
  stream.say('x'.repeat(longestReport + 1))
  await eventually('the end of the stream', () => push.closings()[0])
  assert.deepEqual(push.closings(), ['garbled'])
})

test('a report of the longest length is taken', async context => {
  const { push } = await start(context)
  const stream = await offerTo(push, 'a')
  const line = JSON.stringify(applied)
  await push.tell(stream, line.replace('{', `{${' '.repeat(longestReport - line.length)}`))
  assert.equal(stateOf(push, 'a')?.live, digestOf('a'))
})
