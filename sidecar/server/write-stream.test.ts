import assert from 'node:assert/strict'
import test from 'node:test'
import { rawPost, streamBody, withServer } from '../../test/support/inbound/data-server-kit.ts'
import { RawClient } from '../../test/support/inbound/raw-client.ts'
import {
  doneUnit,
  ScriptedStream,
  servedStream,
  servedWhole,
  stopUnit,
  textUnit,
  usageUnit,
} from '../../test/support/inbound/scripted-door.ts'
import type { StreamUnit } from '../chain/ports.ts'
import { Confidential } from '../failure/confidential.ts'

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
