import assert from 'node:assert/strict'
import test from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import {
  chatBody,
  jsonOf,
  rawPost,
  sendRaw,
  statusOf,
  streamBody,
  withServer,
} from '../../test/support/inbound/data-server-kit.ts'
import { RawClient } from '../../test/support/inbound/raw-client.ts'
import { ScriptedStream, servedStream, textUnit } from '../../test/support/inbound/scripted-door.ts'
import { systemClock } from '../resilience/clock.ts'
import { createAdminServer } from './admin-server.ts'

const get = (path: string, headers = 'Host: a') =>
  `GET ${path} HTTP/1.1\r\n${headers}\r\nConnection: close\r\n\r\n`
const post = (path: string) => rawPost(path, '{}', ['Host: a', 'Connection: close'])
const models = [
  { id: 'claude-sonnet-4-5', ownedBy: 'anthropic-eu' },
  { id: 'org/model', ownedBy: 'llm-fallback' },
]

test('models are listed in the shape of whoever asks', async () => {
  await withServer({}, async ({ door, port }) => {
    door.models = models
    for (const path of ['/v1/models', '/models?limit=5']) {
      assert.deepEqual(jsonOf(await sendRaw(port, get(path))), {
        object: 'list',
        data: [
          { id: 'claude-sonnet-4-5', object: 'model', created: 0, owned_by: 'anthropic-eu' },
          { id: 'org/model', object: 'model', created: 0, owned_by: 'llm-fallback' },
        ],
      })
    }
    const anthropic = jsonOf(
      await sendRaw(port, get('/v1/models', 'Host: a\r\nanthropic-version: 2023-06-01')),
    )
    assert.equal(anthropic['first_id'], 'claude-sonnet-4-5')
    assert.equal(anthropic['last_id'], 'org/model')
    assert.equal(anthropic['has_more'], false)
  })
})

test('a single model is described, also when its name has a slash', async () => {
  await withServer({}, async ({ door, port }) => {
    door.models = models
    assert.equal(jsonOf(await sendRaw(port, get('/v1/models/org/model')))['owned_by'], 'llm-fallback')
    const missing = await sendRaw(port, get('/v1/models/other'))
    assert.equal(statusOf(missing), 404)
    assert.match(missing, /model_not_found/)
  })
})

test('models wait for a policy', async () => {
  await withServer({}, async ({ door, port }) => {
    door.isReady = false
    assert.equal(statusOf(await sendRaw(port, get('/v1/models'))), 503)
  })
})

const unrouted: readonly (readonly [bytes: string, status: number, said: RegExp])[] = [
  [get('/'), 404, /"not_found"/],
  [get('/v1'), 404, /"not_found"/],
  [get('/metrics'), 404, /"not_found"/],
  [post('//v1/chat/completions'), 404, /"not_found"/],
  [post('/v1/chat/completions/'), 404, /"not_found"/],
  [post('/V1/chat/completions'), 404, /"not_found"/],
  [get('/v1/chat/completions'), 405, /allow: POST/],
  [post('/v1/models'), 405, /allow: GET/],
  ['HEAD /v1/models HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 405, /allow: GET/],
  ['OPTIONS /v1/chat/completions HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 405, /allow: POST/],
  ['DELETE /v1/messages HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 405, /"type":"error"/],
  ['TRACE /v1/messages HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 405, /"type":"error"/],
  [get('/anything', 'Host: a\r\nanthropic-version: 2023-06-01'), 404, /"type":"error"/],
  [get('/anything', 'Host: a\r\nx-api-key: k'), 404, /"type":"error"/],
  [post('/v1/images/generations'), 501, /"not_supported_yet"/],
  [get('/v1/files'), 501, /"type":"llm_fallback_error"/],
  [post('/openai/deployments/d/images/generations?api-version=1'), 501, /"not_supported_yet"/],
  [get('/openai/deployments/d/chat/completions'), 501, /"not_supported_yet"/],
  [get('/v1beta/anything', 'Host: a\r\nx-goog-api-key: k'), 404, /"status":"NOT_FOUND"/],
]

test('what is not served is told in a shape that its caller can read', async t => {
  await withServer({}, async ({ port, rejected }) => {
    for (const [bytes, status, said] of unrouted) {
      await t.test(bytes.slice(0, bytes.indexOf(' HTTP')), async () => {
        const answer = await sendRaw(port, bytes)
        assert.equal(statusOf(answer), status)
        if (!bytes.startsWith('HEAD')) assert.match(answer, said)
      })
    }
    assert.equal(rejected.length, unrouted.length)
  })
})

test('no answer echoes the path, and no header invites other origins', async () => {
  await withServer({}, async ({ port }) => {
    const answer = await sendRaw(port, get('/secret-looking-path?key=sk-1'))
    assert.doesNotMatch(answer, /secret-looking|sk-1/)
    assert.doesNotMatch(answer.toLowerCase(), /access-control/)
  })
})

test('a drain lets a stream finish and closes its connection', async () => {
  await withServer({}, async ({ door, port, server }) => {
    const stream = new ScriptedStream({ isNative: true })
    door.walk = () => Promise.resolve(servedStream(stream))
    const client = new RawClient(port)
    client.send(rawPost('/v1/chat/completions', streamBody))
    while (door.sessions.length === 0) await pause(2)
    const drained = server.drain(5_000)
    stream.chunk(textUnit('last words'))
    await client.sees('last words')
    stream.consumer.end({ kind: 'complete' })
    assert.match(await client.closed(), /\[DONE\]\n\n\r\n0\r\n\r\n$/)
    await drained
    assert.equal(server.inFlight(), 0)
  })
})

test('a drain ends what is left with an error event, never with a clean end', async () => {
  await withServer({}, async ({ door, port, server }) => {
    const stream = new ScriptedStream({ isNative: true })
    door.walk = () => Promise.resolve(servedStream(stream))
    const client = new RawClient(port)
    client.send(rawPost('/v1/chat/completions', streamBody))
    while (door.sessions.length === 0) await pause(2)
    await pause(5)
    stream.chunk(textUnit('endless'))
    const startedAt = performance.now()
    await server.drain(300)
    assert.ok(performance.now() - startedAt < 1_000)
    const answer = await client.closed()
    assert.match(answer, /"code":"shutting_down"/)
    assert.doesNotMatch(answer, /\[DONE\]/)
    assert.equal(door.session.request.signal.aborted, true)
    stream.consumer.end({ kind: 'abandoned' })
    assert.deepEqual(door.session.ends, [{ outcome: 'error', status: 200, code: 'shutting_down' }])
  })
})

test('a drain answers a walk without end with 503', async () => {
  await withServer({}, async ({ door, port, server }) => {
    door.walk = () => new Promise(() => undefined)
    const client = new RawClient(port)
    client.send(rawPost('/v1/chat/completions', chatBody))
    while (door.sessions.length === 0) await pause(2)
    await server.drain(300)
    const answer = await client.closed()
    assert.equal(statusOf(answer), 503)
    assert.match(answer, /retry-after: 1\r\n/)
  })
})

test('new work is still taken while a drain waits for old work', async () => {
  await withServer({}, async ({ door, port, server }) => {
    const stream = new ScriptedStream({ isNative: true })
    const whole = door.walk
    door.walk = () => Promise.resolve(servedStream(stream))
    const client = new RawClient(port)
    client.send(rawPost('/v1/chat/completions', streamBody))
    while (door.sessions.length === 0) await pause(2)
    const drained = server.drain(5_000)
    door.walk = whole
    const answer = await sendRaw(port, rawPost('/v1/chat/completions', chatBody))
    assert.equal(statusOf(answer), 200)
    assert.match(answer.toLowerCase(), /connection: close/)
    stream.consumer.end({ kind: 'complete' })
    await drained
  })
})

test('a port that is taken is an error of start', async () => {
  await withServer({}, async ({ port, door }) => {
    const second = createAdminServer({
      door,
      metrics: () => Promise.resolve(''),
      settings: { host: '127.0.0.1', port },
      clock: systemClock,
      logger: { error: () => undefined, warn: () => undefined },
    })
    await assert.rejects(second.start(), { code: 'EADDRINUSE' })
    await second.stop()
  })
})
