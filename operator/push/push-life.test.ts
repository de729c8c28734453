// How streams live and end.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { type TestContext, test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { eventually } from '../../test/support/eventually.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import type { PushLimits } from './push-limits.ts'
import { sampleAssignment, samplePlan, samplePod, sampleToken } from './sample-cluster.ts'
import { SamplePushServer } from './sample-push-server.ts'
import { answerTo, openStream, type SampleStream } from './sample-sidecar.ts'

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

const uid = samplePod('a').uid

/** Time passes, and the sidecar reports as it ought to. */
async function live(push: SamplePushServer, clock: FakeClock, stream: SampleStream, milliseconds: number) {
  for (let left = milliseconds; left > 0; left -= 30_000) {
    await clock.advance(Math.min(30_000, left))
    if (!stream.isClosed && stream.farewell() === undefined) {
      await push.tell(stream, { kind: 'health', targets: [] })
    }
  }
}

test('a quiet stream beats at least every fifteen seconds', async context => {
  const { push, clock } = await start(context)
  const stream = await push.connect('a')
  await clock.advance(15_000)
  await stream.until('a heartbeat', () => stream.kinds().length === 2)
  assert.deepEqual(stream.kinds(), ['hello', 'heartbeat'])
})

test('a stream whose sidecar reports nothing for three heartbeats is cut, and its pod leaves the fleet', async context => {
  const { push, clock } = await start(context)
  const stream = await push.connect('a')
  await clock.advance(44_000)
  assert.equal(push.server.stats().streams, 1)
  await clock.advance(1_000)
  await stream.until('the cut', () => stream.isClosed)
  assert.deepEqual(push.closings(), ['silent'])
  assert.ok(push.server.fleet.local.find(uid))
  await clock.advance(6_000)
  assert.equal(push.server.fleet.local.find(uid), undefined)
})

test('a sidecar that reports keeps its stream', async context => {
  const { push, clock } = await start(context)
  const stream = await push.connect('a')
  await live(push, clock, stream, 5 * 60_000)
  assert.equal(push.server.stats().streams, 1)
})

test('a stream ends with its token', async context => {
  const { push, clock } = await start(context)
  push.pods.put(samplePod('a'))
  push.reviewer.verdicts.set('token-of-a', push.reviewer.accept('a', clock.wallTime() + 20_000))
  const stream = await openStream(push.target, 'token-of-a')
  await clock.advance(21_000)
  await stream.until('its end', () => stream.isClosed)
  assert.equal(stream.farewell(), 'tokenExpired')
})

test('a stream is sent on after half an hour to an hour', async context => {
  const { push, clock } = await start(context)
  const stream = await push.connect('a')
  await live(push, clock, stream, 44 * 60_000)
  assert.equal(stream.isClosed, false)
  await live(push, clock, stream, 2 * 60_000)
  await stream.until('its end', () => stream.isClosed)
  assert.equal(stream.farewell(), 'rebalance')
})

test('a deleted pod gets its farewell and leaves the fleet at once', async context => {
  const { push } = await start(context)
  const stream = await push.connect('a')
  push.pods.remove('shop', 'a')
  await stream.until('its end', () => stream.isClosed)
  assert.equal(stream.farewell(), 'podGone')
  assert.equal(push.server.fleet.local.find(uid), undefined)
})

test('a pod that was made anew under its name, or has finished, is gone as well', async context => {
  const { push } = await start(context)
  const [first, second] = [await push.connect('a'), await push.connect('b')]
  push.pods.put(samplePod('a', { uid: 'another' }))
  push.pods.put(samplePod('b', { isFinished: true }))
  await first.until('its end', () => first.isClosed)
  await second.until('its end', () => second.isClosed)
  assert.deepEqual([first.farewell(), second.farewell()], ['podGone', 'podGone'])
})

test('a sidecar that comes back within the grace never leaves the fleet', async context => {
  const { push, clock } = await start(context)
  const first = await push.connect('a')
  first.hangUp()
  await eventually('the end of the stream', () => push.closings()[0])
  await clock.advance(4_000)
  assert.ok(push.server.fleet.merged.find(uid))
  await push.connect('a')
  await clock.advance(10_000)
  assert.ok(push.server.fleet.merged.find(uid))
})

test('draining tells every sidecar when to come back, and ends though one does not listen', async context => {
  const { push, clock } = await start(context)
  const tame = await push.connect('a')
  const wild = await push.connect('b')
  wild.pause()
  const idle = connectTcp(push.target.port, '127.0.0.1')
  idle.on('error', () => undefined)
  await once(idle, 'connect')
  push.server.publish(samplePlan(['b'], sampleAssignment({ digit: 'a', bytes: 12 * 1024 * 1024 })))
  await eventually('the snapshot to be written', () => push.server.stats().snapshotsPushed || undefined)
  const drained = push.server.drain()
  await tame.until('its end', () => tame.isClosed)
  const last = tame.frames.at(-1)
  assert.ok(last?.kind === 'farewell' && last.reason === 'draining' && last.reconnectAfterMs === 1_000)
  await clock.advance(5_000)
  await drained
  idle.destroy()
  assert.equal(push.server.stats().streams, 0)
})

test('a connection that never asks for anything is closed', async context => {
  const { push, clock } = await start(context)
  const { port, ca, servername } = push.target
  const socket = connectTls({ port, host: '127.0.0.1', ca, servername })
  await once(socket, 'secureConnect')
  socket.write('POST /v1/stream HTTP/1.1\r\nhost: a\r\n')
  const closed = once(socket, 'close')
  // Until the server has seen it.
  await push.connect('a')
  await clock.advance(11_000)
  await closed
})

test('nothing older than TLS 1.3 is spoken', async context => {
  const { push } = await start(context)
  const { port, ca, servername } = push.target
  const socket = connectTls({ port, host: '127.0.0.1', ca, servername, maxVersion: 'TLSv1.2' })
  const [error] = await once(socket, 'error').catch((reason: unknown) => [reason])
  assert.ok(error instanceof Error)
})

test('a client that sends a second request where reports are due is cut', async context => {
  const { push } = await start(context)
  push.pods.put(samplePod('a'))
  const { port, ca, servername } = push.target
  const socket = connectTls({ port, host: '127.0.0.1', ca, servername })
  const head = ['POST /v1/stream HTTP/1.1', 'host: a', `authorization: Bearer ${sampleToken('token-of-a')}`]
  const coding = 'transfer-encoding: chunked\r\nx-llm-fallback-protocol: 1'
  socket.write(`${head.join('\r\n')}\r\n${coding}\r\n\r\n`)
  await once(socket, 'data')
  assert.equal(push.server.stats().streams, 1)
  socket.on('error', () => undefined)
  const closed = once(socket, 'close')
  socket.write('GET /v1/stream HTTP/1.1\r\n')
  await closed
  await eventually('the end of the stream', () => push.closings()[0])
  assert.deepEqual(push.closings(), ['garbled'])
})

test('a client that speaks before it is greeted is not let in', async context => {
  const { push } = await start(context)
  push.pods.put(samplePod('a'))
  const head = `POST /v1/stream HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${sampleToken('token-of-a')}\r\n`
  const body = 'transfer-encoding: chunked\r\nx-llm-fallback-protocol: 1\r\n\r\n3\r\n{}\n\r\n'
  await assert.rejects(answerTo(push.target, head + body).then(text => assert.match(text, /hello/)))
  assert.equal(push.server.stats().streams, 0)
})

test('a sidecar that has nothing more to say ends its stream', async context => {
  const { push } = await start(context)
  const stream = await push.connect('a')
  stream.endReports()
  await eventually('the end of the stream', () => push.closings()[0])
  assert.deepEqual(push.closings(), ['hungUp'])
})

test('thousands of reconnects of one pod leave one stream and nothing behind', async context => {
  const { push, clock } = await start(context, { admissionBurst: 10_000 })
  push.pods.put(samplePod('a'))
  for (let round = 0; round < 20; round += 1) {
    const streams = await Promise.all(Array.from({ length: 25 }, () => openStream(push.target, 'token-of-a')))
    for (const stream of streams.slice(1)) stream.hangUp()
  }
  await clock.advance(6_000)
  await eventually('one stream at most', () => (push.server.stats().streams <= 1 ? true : undefined))
  assert.equal(push.server.stats().reviewsPending, 0)
  assert.ok([...push.server.fleet.local.list()].length <= 1)
})
