import assert from 'node:assert/strict'
import test from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { rawPost, streamBody, withServer } from '../../test/support/inbound/data-server-kit.ts'
import { RawClient } from '../../test/support/inbound/raw-client.ts'
import {
  doneUnit,
  primary,
  ScriptedStream,
  servedStream,
  stopUnit,
  textUnit,
} from '../../test/support/inbound/scripted-door.ts'
import type { Outcome } from '../chain/outcome.ts'
import type { StreamUnit } from '../chain/ports.ts'

const ask = rawPost('/v1/chat/completions', streamBody)
const askLangChain = rawPost('/v1/chat/completions', streamBody, [
  'Host: a',
  'User-Agent: langchain4j-openai',
])
const askAnthropic = rawPost(
  '/v1/messages',
  JSON.stringify({ model: 'm', stream: true, max_tokens: 5, messages: [{ role: 'user', content: 'hi' }] }),
)
test('the events of one upstream chunk leave in one write', async () => {
  await withServer({}, async ({ door, port }) => {
    const stream = new ScriptedStream({ isNative: true })
    door.walk = () => Promise.resolve(servedStream(stream, primary))
    const client = new RawClient(port)
    client.send(ask)
    await settled(() => stream.consumer)
    stream.chunk(textUnit('a'), textUnit('b'), textUnit('c'))
    const answer = await client.sees('"c"')
    client.leave()
    const size = (frame: string) => Buffer.byteLength(frame).toString(16)
    const frames = ['a', 'b', 'c'].map(text => `data: ${textUnit(text).data}\n\n`).join('')
    assert.ok(answer.includes(`\r\n${size(frames)}\r\n${frames}\r\n`), answer)
  })
})

test('the provider waits while the caller does not read, and goes on when it does', async () => {
  await withServer({}, async ({ door, port }) => {
    const stream = new ScriptedStream({ isNative: true })
    door.walk = () => Promise.resolve(servedStream(stream))
    const client = new RawClient(port)
    client.send(ask)
    await settled(() => stream.consumer)
    client.stopReading()
    await fill(stream)
    assert.equal(stream.held.at(-1), 'pause')
    client.goOn()
    await settled(() => stream.held.at(-1) === 'resume')
    client.leave()
  })
})

test('a caller who takes nothing for too long loses the connection, and the walk is told', async () => {
  const clock = new FakeClock()
  await withServer({ clock, limits: { writeStallMs: 5_000 } }, async ({ door, port }) => {
    const stream = new ScriptedStream({ isNative: true })
    door.walk = () => Promise.resolve(servedStream(stream))
    const client = new RawClient(port)
    client.send(ask)
    await settled(() => stream.consumer)
    client.stopReading()
    await fill(stream)
    await clock.advance(4_999)
    assert.equal(door.session.request.signal.aborted, false)
    await clock.advance(1)
    assert.equal(door.session.request.signal.aborted, true)
    stream.consumer.end({ kind: 'abandoned' })
    assert.deepEqual(door.session.ends, [{ outcome: 'cancelled', status: 200 }])
    client.leave()
  })
})

test('while the walk goes on comments keep the connection alive, and the serving step follows as one', async () => {
  const clock = new FakeClock()
  await withServer({ clock }, async ({ door, port }) => {
    const walk = Promise.withResolvers<Outcome>()
    door.keepAliveMs = 1_000
    door.walk = () => walk.promise
    const client = new RawClient(port)
    client.send(ask)
    await settled(() => door.sessions.length > 0)
    await clock.advance(999)
    assert.equal(client.received, '')
    await clock.advance(1)
    const early = await client.sees(': keep-alive\n\n')
    assert.match(early, /x-llm-fallback-policy: copilot@3/)
    assert.doesNotMatch(early, /x-llm-fallback-served/)
    walk.resolve(servedStream(finishing(textUnit('late'), stopUnit, doneUnit)))
    const answer = await client.sees('[DONE]')
    assert.match(answer, /^: x-llm-fallback-served=primary;provider="openai";model="gpt-4o"$/m)
    client.leave()
  })
})

test('an idle stream is kept alive too, but not one that flows', async () => {
  const clock = new FakeClock()
  await withServer({ clock }, async ({ door, port }) => {
    const stream = new ScriptedStream({ isNative: true })
    door.keepAliveMs = 1_000
    door.walk = () => Promise.resolve(servedStream(stream))
    const client = new RawClient(port)
    client.send(ask)
    await settled(() => stream.consumer)
    for (const text of ['a', 'b', 'c']) {
      stream.chunk(textUnit(text))
      await clock.advance(900)
    }
    await client.sees('"c"')
    assert.doesNotMatch(client.received, /^: keep-alive/m)
    await clock.advance(100)
    await client.sees(': keep-alive\n\n')
    client.leave()
  })
})

test('a chain that ends after a keep-alive ends in an error event', async () => {
  const clock = new FakeClock()
  await withServer({ clock }, async ({ door, port }) => {
    const walk = Promise.withResolvers<Outcome>()
    door.keepAliveMs = 1_000
    door.walk = () => walk.promise
    const client = new RawClient(port)
    client.send(askAnthropic)
    await settled(() => door.sessions.length > 0)
    await clock.advance(1_000)
    await client.sees('keep-alive')
    const verdict = { failure: { kind: 'Overloaded' as const, detail: 'busy' }, status: 503, mayRetry: true }
    walk.resolve({ kind: 'exhausted', verdict, trail: [] })
    const answer = await client.sees('0\r\n\r\n')
    assert.match(answer, /event: error\ndata: \{"type":"error"/)
    assert.doesNotMatch(answer, /message_stop/)
    assert.deepEqual(door.session.ends, [{ outcome: 'exhausted', status: 200, code: 'overloaded' }])
    assert.equal(clock.pending, 0)
    client.leave()
  })
})

test('for clients who pass over error events the connection breaks behind one, when they have had time to read it', async () => {
  const clock = new FakeClock()
  await withServer({ clock }, async ({ door, port }) => {
    const failure = { kind: 'StreamInterrupted' as const, detail: 'the provider closed the connection' }
    const broken = () =>
      new ScriptedStream({ isNative: true }, stream => {
        stream.chunk(textUnit('half'))
        stream.consumer.end({ kind: 'broken', failure })
      })
    door.walk = () => Promise.resolve(servedStream(broken()))
    const patient = new RawClient(port)
    patient.send(askLangChain)
    await patient.sees('stream_interrupted')
    await settled(() => clock.pending === 1)
    await clock.advance(99)
    await pause(20)
    assert.equal(clock.pending, 1, 'not yet')
    await clock.advance(1)
    assert.doesNotMatch(await patient.closed(), /\r\n0\r\n/, 'a good end')

    const leaving = new RawClient(port)
    leaving.send(askLangChain)
    await leaving.sees('stream_interrupted')
    await settled(() => clock.pending === 1)
    leaving.leave()
    await settled(() => clock.pending === 0)
  })
})

function finishing(...units: readonly StreamUnit[]): ScriptedStream {
  return new ScriptedStream({ isNative: true }, stream => {
    stream.chunk(...units)
    stream.consumer.end({ kind: 'complete' })
  })
}

/** Writes until the sockets between are full and the stream stays held. */
async function fill(stream: ScriptedStream): Promise<void> {
  for (let sent = 0; sent < 2_000; sent += 1) {
    if (stream.held.at(-1) === 'pause') await pause(20)
    if (stream.held.at(-1) === 'pause') return
    stream.chunk(textUnit('x'.repeat(64 * 1024)))
  }
  throw new Error('the reader never fell behind')
}

/** Waits until a condition holds (or a getter no longer throws). */
async function settled(condition: () => unknown): Promise<void> {
  for (let round = 0; round < 1_000; round += 1) {
    try {
      if (condition()) return
    } catch {
      // Not there yet.
    }
    await pause(2)
  }
  throw new Error('it never came to that')
}
