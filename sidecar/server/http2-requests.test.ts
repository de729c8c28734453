import assert from 'node:assert/strict'
import test from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { eventually } from '../../test/support/eventually.ts'
import {
  chatBody,
  rawPost,
  sendRaw,
  statusOf,
  streamBody,
} from '../../test/support/inbound/data-server-kit.ts'
import { withCaller } from '../../test/support/inbound/http2-caller.ts'
import {
  chatAnswer,
  doneUnit,
  ScriptedStream,
  servedStream,
  stopUnit,
  textUnit,
} from '../../test/support/inbound/scripted-door.ts'

const chat = '/v1/chat/completions'

test('a request over HTTP/2 is answered like one over HTTP/1.1, without headers of a connection', async () => {
  await withCaller({}, async (_server, caller) => {
    const { status, headers, text, code } = await caller.post(chat, chatBody).answer
    assert.deepEqual([status, JSON.parse(text), code], [200, chatAnswer, 0])
    assert.equal(headers['content-length'], String(Buffer.byteLength(text)))
    assert.equal(headers['x-llm-fallback-policy'], 'copilot@3')
    for (const name of ['connection', 'keep-alive', 'transfer-encoding']) assert.equal(name in headers, false)
  })
})

test('both protocols are spoken on one port', async () => {
  await withCaller({}, async ({ port }, caller) => {
    assert.equal((await caller.post(chat, chatBody).answer).status, 200)
    assert.equal(statusOf(await sendRaw(port, rawPost(chat, chatBody), 'hello')), 200)
    assert.equal((await caller.get('/v1/models').answer).status, 200)
  })
})

test('a body arrives as it was sent, whatever its size', async () => {
  await withCaller({ maxBodyBytes: 8 * 1024 * 1024 }, async ({ door }, caller) => {
    const content = 'ä'.repeat(2 * 1024 * 1024)
    const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content }] })
    assert.equal((await caller.post(chat, body).answer).status, 200)
    assert.equal(door.session.request.bodyBytes, Buffer.byteLength(body))
  })
})

test('requests on one connection run side by side', async () => {
  await withCaller({}, async ({ door }, caller) => {
    const streams: ScriptedStream[] = []
    door.walk = () => {
      const stream = new ScriptedStream({ isNative: true })
      streams.push(stream)
      return Promise.resolve(servedStream(stream))
    }
    const asked = [caller.post(chat, streamBody), caller.post(chat, streamBody)]
    const [first, second] = await eventually('both walk', () => (streams.length === 2 ? streams : undefined))
    await pause(5)
    second?.chunk(textUnit('two'), stopUnit, doneUnit)
    second?.consumer.end({ kind: 'complete' })
    assert.match((await asked[1]?.answer)?.text ?? '', /two[\s\S]*\[DONE\]\n\n$/)
    first?.chunk(textUnit('one'), stopUnit, doneUnit)
    first?.consumer.end({ kind: 'complete' })
    const answer = await asked[0]?.answer
    const frames = [textUnit('one'), stopUnit, doneUnit].map(({ data }) => `data: ${data}\n\n`)
    assert.equal(answer?.text, frames.join(''))
    assert.equal(answer?.headers['content-type'], 'text/event-stream; charset=utf-8')
  })
})

const refused: readonly (readonly [name: string, headers: Record<string, string>, status: number])[] = [
  ['a Host that says otherwise', { ':authority': 'a', host: 'b' }, 400],
  ['a malformed authority', { ':authority': 'a:b:c' }, 400],
  ['dot segments', { ':path': '/v1/../v1/chat/completions' }, 400],
  ['an encoded dot', { ':path': '/v1/%2e/chat/completions' }, 400],
  ['a fragment', { ':path': `${chat}#x` }, 400],
  ['a body on PUT', { ':method': 'PUT' }, 400],
  ['gzip content', { 'content-encoding': 'gzip' }, 415],
  ['a page of another origin', { origin: 'https://evil.example' }, 403],
  ['an unknown path', { ':path': '/v1/nothing' }, 404],
  ['a path that is not served yet', { ':path': '/v1/images/generations' }, 501],
]

test('the door refuses over HTTP/2 what it refuses over HTTP/1.1, and the connection lives on', async t => {
  await withCaller({}, async ({ door, rejected }, caller) => {
    for (const [name, headers, status] of refused) {
      await t.test(name, async () => {
        const answer = await caller.post(chat, chatBody, headers).answer
        assert.equal(answer.status, status)
        assert.match(answer.text, /"llm_fallback_error"/)
      })
    }
    assert.equal(rejected.length, refused.length)
    assert.equal(door.sessions.length, 0)
    assert.equal((await caller.post(chat, chatBody).answer).status, 200)
  })
})

test('what the protocol itself forbids is reset, and the connection lives on', async () => {
  await withCaller({}, async ({ door }, caller) => {
    for (const headers of [{ ':path': `http://evil.example${chat}` }, { ':authority': 'user@a' }]) {
      assert.notEqual((await caller.post(chat, chatBody, headers).answer).code, 0)
    }
    assert.equal(door.sessions.length, 0)
    assert.equal((await caller.post(chat, chatBody).answer).status, 200)
  })
})

test('a body of another length than announced is no request', async () => {
  await withCaller({}, async ({ door }, caller) => {
    assert.notEqual((await caller.post(chat, chatBody, { 'content-length': '10' }).answer).code, 0)
    assert.equal(door.sessions.length, 0)
  })
})

test('an equal Host beside the authority is taken', async () => {
  await withCaller({}, async (_server, caller) => {
    const answer = await caller.post(chat, chatBody, { ':authority': 'a:1', host: 'a:1' }).answer
    assert.equal(answer.status, 200)
  })
})

test('HEAD and other methods are answered without a body of their own', async () => {
  await withCaller({}, async (_server, caller) => {
    const { status, headers, text } = await caller.get('/v1/models', { ':method': 'HEAD' }).answer
    assert.deepEqual([status, headers['allow'], text], [405, 'GET', ''])
    assert.equal((await caller.get(chat).answer).status, 405)
  })
})

test('heads beyond the bounds never become requests', async () => {
  await withCaller({}, async ({ door }, caller) => {
    const many = Object.fromEntries(Array.from({ length: 250 }, (_, at) => [`x-${at}`, 'a']))
    const tooMany = await caller.post(chat, chatBody, many).answer
    assert.equal(tooMany.status === 431 || tooMany.code !== 0, true)
    const tooLarge = await caller.post(chat, chatBody, { 'x-large': 'a'.repeat(20_000) }).answer
    assert.equal(tooLarge.status === 431 || tooLarge.code !== 0, true)
    assert.equal(door.sessions.length, 0)
  })
})

test('a body over the limit is refused, announced or not, and the connection lives on', async () => {
  await withCaller({ maxBodyBytes: 1_000, limits: { lingerMs: 50 } }, async ({ rejected }, caller) => {
    const announced = caller.open(chat, { 'content-length': '1000000' })
    assert.equal((await announced.answer).status, 413)
    const unannounced = caller.post(chat, Buffer.alloc(4 * 1024 * 1024, 'a'))
    assert.equal((await unannounced.answer).status, 413)
    assert.deepEqual(
      rejected.map(({ code }) => code),
      ['body_too_large', 'body_too_large'],
    )
    assert.equal((await caller.post(chat, chatBody).answer).status, 200)
  })
})
