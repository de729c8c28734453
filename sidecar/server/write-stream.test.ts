import assert from 'node:assert/strict'
import test from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { FakeClock } from '../../test/support/fake-clock.ts'
import type { Outcome } from '../chain/outcome.ts'
import type { StreamUnit } from '../chain/ports.ts'
import { Confidential } from '../failure/confidential.ts'
import { RawClient } from './raw-client.ts'
import {
  doneUnit,
  primary,
  rawPost,
  ScriptedStream,
  servedStream,
  servedWhole,
  stopUnit,
  streamBody,
  textUnit,
  usageUnit,
  withServer,
} from './server-kit.ts'

const ask = rawPost('/v1/chat/completions', streamBody)
const askWithUsage = rawPost(
  '/v1/chat/completions',
  streamBody.replace('"stream":true', '"stream":true,"stream_options":{"include_usage":true}'),
)
const askAnthropic = rawPost(
  '/v1/messages',
  JSON.stringify({ model: 'm', stream: true, max_tokens: 5, messages: [{ role: 'user', content: 'hi' }] }),
)

/** The data of each event, chunked framing taken off. */
function eventsIn(answer: string): readonly string[] {
  return [...answer.matchAll(/^data: (.*)$/gm)].map(([, data]) => (data ?? '').trim())
}

test('a native stream passes on with its own bytes, headers of ours and its request id', async () => {
  await withServer({}, async ({ door, port }) => {
    const stream = new ScriptedStream({ isNative: true }, native => {
      native.chunk(textUnit('hel'), textUnit('lo'))
      native.chunk(stopUnit, doneUnit)
      native.consumer.end({ kind: 'complete' })
    })
    door.walk = () => Promise.resolve(servedStream(stream))
    const client = new RawClient(port)
    client.send(ask)
    const answer = await client.sees('[DONE]')
    client.leave()
    assert.match(answer, /^HTTP\/1\.1 200/)
    assert.match(answer, /content-type: text\/event-stream; charset=utf-8/)
    assert.match(answer, /x-request-id: req_upstream/)
    assert.match(answer, /x-llm-fallback-served: primary;provider="openai";model="gpt-4o"/)
    assert.deepEqual(eventsIn(answer), [textUnit('hel').data, textUnit('lo').data, stopUnit.data, '[DONE]'])
    assert.deepEqual(door.session.ends, [{ outcome: 'success', status: 200, path: 'primary' }])
    assert.equal(door.session.firstBytes, 1)
  })
})

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

test('a caller who did not ask for usage sees none', async () => {
  await withServer({}, async ({ door, port }) => {
    const finishWithUsage = {
      data: '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}',
      parts: [...stopUnit.parts, ...usageUnit.parts],
    }
    door.walk = () => Promise.resolve(servedStream(finishing(finishWithUsage, usageUnit, doneUnit)))
    const client = new RawClient(port)
    client.send(ask)
    const answer = await client.sees('[DONE]')
    client.leave()
    assert.deepEqual(eventsIn(answer), [
      '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}',
      '[DONE]',
    ])
  })
})

test('a caller who asked for usage gets it as it came', async () => {
  await withServer({}, async ({ door, port }) => {
    door.walk = () => Promise.resolve(servedStream(finishing(stopUnit, usageUnit, doneUnit)))
    const client = new RawClient(port)
    client.send(askWithUsage)
    const answer = await client.sees('[DONE]')
    client.leave()
    assert.deepEqual(eventsIn(answer), [stopUnit.data, usageUnit.data, '[DONE]'])
  })
})

test('a whole stream without its terminal marker gets ours', async () => {
  await withServer({}, async ({ door, port }) => {
    door.walk = () => Promise.resolve(servedStream(finishing(stopUnit)))
    const client = new RawClient(port)
    client.send(ask)
    assert.deepEqual(eventsIn(await client.sees('[DONE]')), [stopUnit.data, '[DONE]'])
    client.leave()
  })
})

test("a stream of another dialect is written in the caller's", async () => {
  await withServer({}, async ({ door, port }) => {
    const stream = new ScriptedStream({ isNative: false }, foreign => {
      foreign.chunk({ data: 'x', parts: [{ kind: 'start', id: 'c1', model: 'gpt-4o' }] })
      foreign.chunk(textUnit('hello'), stopUnit, { data: '[DONE]', parts: [{ kind: 'end' }] })
      foreign.consumer.end({ kind: 'complete' })
    })
    door.walk = () => Promise.resolve(servedStream(stream))
    const client = new RawClient(port)
    client.send(askAnthropic)
    const answer = await client.sees('"message_stop"')
    client.leave()
    assert.match(answer, /event: message_start\n/)
    assert.match(answer, /"text_delta","text":"hello"/)
    assert.match(answer, /request-id: 01TEST1/)
    assert.doesNotMatch(answer, /req_upstream/)
  })
})

test("a broken stream ends with the dialect's error, masked, and without a terminal marker", async () => {
  await withServer({}, async ({ door, port }) => {
    const stream = new ScriptedStream({ isNative: true }, native => {
      native.chunk(textUnit('half'))
      native.consumer.end({ kind: 'broken', failure: interrupted })
    })
    door.walk = () => Promise.resolve(servedStream(stream))
    const client = new RawClient(port)
    client.send(ask)
    const answer = await client.sees('0\r\n\r\n')
    client.leave()
    const error: unknown = JSON.parse(eventsIn(answer).at(-1) ?? '')
    assert.deepEqual(error, {
      error: {
        message: 'key *** is broken',
        type: 'llm_fallback_error',
        code: 'stream_interrupted',
        param: null,
      },
    })
    assert.doesNotMatch(answer, /\[DONE\]/)
    assert.deepEqual(door.session.ends, [
      { outcome: 'error', status: 200, path: 'primary', code: 'stream_interrupted' },
    ])
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

test('a whole answer to a caller of a stream becomes a stream', async () => {
  await withServer({}, async ({ door, port }) => {
    door.walk = () => Promise.resolve(servedWhole())
    const client = new RawClient(port)
    client.send(ask)
    const answer = await client.sees('[DONE]')
    assert.match(answer, /"content":"hello"/)
    assert.match(answer, /"finish_reason":"stop"/)
    assert.doesNotMatch(answer, /prompt_tokens/)
    client.leave()
  })
})

test('a complete stream is kept for the cache with the usage that its caller did not see', async () => {
  await withServer({}, async ({ door, port }) => {
    door.wantsAnswers = true
    door.walk = () => Promise.resolve(servedStream(finishing(textUnit('a'), stopUnit, usageUnit, doneUnit)))
    const client = new RawClient(port)
    client.send(ask)
    await client.sees('[DONE]')
    client.leave()
    const [kept] = door.session.stored
    assert.equal(kept?.kind, 'stream')
    assert.match(kept?.kind === 'stream' ? kept.text : '', /prompt_tokens.*\n\ndata: \[DONE\]\n\n$/)
  })
})

test('a filtered, a cut or a broken stream is not kept', async () => {
  const filtered = {
    ...stopUnit,
    parts: [{ kind: 'finish' as const, choice: 0, finish: 'content_filter' as const, vendorFinish: 'x' }],
  }
  const cut = {
    ...stopUnit,
    parts: [{ kind: 'finish' as const, choice: 0, finish: 'length' as const, vendorFinish: 'x' }],
  }
  await withServer({}, async ({ door, port }) => {
    door.wantsAnswers = true
    for (const unit of [filtered, cut]) {
      door.walk = () => Promise.resolve(servedStream(finishing(textUnit('a'), unit, doneUnit)))
      const client = new RawClient(port)
      client.send(ask)
      await client.sees('[DONE]')
      client.leave()
    }
    const broken = new ScriptedStream({ isNative: true }, native => {
      native.chunk(textUnit('a'), stopUnit)
      native.consumer.end({ kind: 'broken', failure: interrupted })
    })
    door.walk = () => Promise.resolve(servedStream(broken))
    const client = new RawClient(port)
    client.send(ask)
    await client.sees('stream_interrupted')
    client.leave()
    assert.deepEqual(
      door.sessions.map(session => session.stored.length),
      [0, 0, 0],
    )
  })
})

const interrupted = {
  kind: 'StreamInterrupted' as const,
  detail: 'the stream broke',
  message: new Confidential('key sk-secret is broken'),
}

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
