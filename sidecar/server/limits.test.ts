import assert from 'node:assert/strict'
import test from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import {
  chatBody,
  jsonOf,
  rawPost,
  sendRaw,
  statusOf,
  withServer,
} from '../../test/support/inbound/data-server-kit.ts'
import { RawClient } from '../../test/support/inbound/raw-client.ts'

const chat = '/v1/chat/completions'
/** Short enough for a test, long enough for a busy machine. */
const quick = { headTimeoutMs: 100, requestTimeoutMs: 200, checkEveryMs: 20 }

test('a head that does not end is given up', async () => {
  await withServer({ limits: quick }, async ({ port, rejected }) => {
    const answer = await sendRaw(port, `POST ${chat} HTTP/1.1\r\nHost: a\r\nX-Slow: `)
    assert.equal(statusOf(answer), 408)
    assert.deepEqual(
      rejected.map(({ status, code }) => [status, code]),
      [[408, 'request_timeout']],
    )
  })
})

test('a body that does not end is given up', async () => {
  await withServer({ limits: quick }, async ({ door, port, rejected }) => {
    const answer = await sendRaw(
      port,
      `POST ${chat} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"model"`,
    )
    assert.equal(statusOf(answer), 408)
    assert.equal(door.sessions.length, 0)
    await pause(5)
    assert.deepEqual(
      rejected.map(({ outcome, status }) => [outcome, status]),
      [['denied', 408]],
    )
  })
})

test('a connection that says nothing is closed without a word', async () => {
  await withServer({ limits: quick }, async ({ port, rejected }) => {
    assert.equal(await new RawClient(port).closed(), '')
    assert.equal(rejected.length, 0)
  })
})

test('a walk may take longer than a request may', async () => {
  await withServer({ limits: quick }, async ({ door, port }) => {
    const walk = door.walk
    door.walk = async request => {
      await pause(300)
      return walk(request)
    }
    assert.equal(statusOf(await sendRaw(port, rawPost(chat, chatBody), 'hello')), 200)
  })
})

test('a body that announces too much is refused before it is read', async () => {
  await withServer({ maxBodyBytes: 1_000 }, async ({ door, port, rejected }) => {
    const answer = await sendRaw(
      port,
      `POST ${chat} HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n`,
      '}}',
    )
    assert.equal(statusOf(answer), 413)
    assert.match(JSON.stringify(jsonOf(answer)), /body_too_large.*|1000 bytes/)
    assert.equal(door.sessions.length, 0)
    assert.equal(rejected[0]?.code, 'body_too_large')
  })
})

test('a body in chunks is refused as soon as it is too large, in the dialect of the path', async () => {
  await withServer({ maxBodyBytes: 1_000 }, async ({ port }) => {
    const chunk = `400\r\n${'a'.repeat(1_024)}\r\n`
    const head = 'POST /v1/messages HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'
    const answer = await sendRaw(port, head + chunk, '}}')
    assert.equal(statusOf(answer), 413)
    assert.equal(jsonOf(answer)['type'], 'error')
  })
})

test('the sender of a body that is too large can finish sending and reads the refusal', async () => {
  await withServer({ maxBodyBytes: 1_000 }, async ({ port }) => {
    const size = 4 * 1024 * 1024
    const head = `POST ${chat} HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`
    const answer = await sendRaw(port, head + 'a'.repeat(size))
    assert.equal(statusOf(answer), 413)
    assert.match(answer.toLowerCase(), /connection: close/)
  })
})

test('a refused body without end is cut off', async () => {
  await withServer({ maxBodyBytes: 1_000, limits: { lingerMs: 50 } }, async ({ port }) => {
    const client = new RawClient(port)
    client.send(`POST ${chat} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n`)
    assert.equal(statusOf(await client.closed()), 413)
  })
})

test('deep nesting is refused before it is parsed', async () => {
  await withServer({}, async ({ port }) => {
    const body = `{"model":"m","x":${'['.repeat(400)}${']'.repeat(400)}}`
    assert.equal(statusOf(await sendRaw(port, rawPost(chat, body), '}}')), 400)
  })
})

test('a caller who leaves before its body is complete is told to telemetry as gone', async () => {
  await withServer({}, async ({ port, rejected }) => {
    const client = new RawClient(port)
    client.send(`POST ${chat} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{`)
    await pause(20)
    client.leave()
    while (rejected.length === 0) await pause(2)
    assert.equal(rejected[0]?.outcome, 'cancelled')
    assert.equal(rejected[0]?.status, 0)
  })
})

test('connections beyond the limit are not served', async () => {
  await withServer({ limits: { maxConnections: 1 } }, async ({ port }) => {
    const first = new RawClient(port)
    first.send(rawPost(chat, chatBody))
    await first.sees('hello')
    const second = new RawClient(port)
    second.send(rawPost(chat, chatBody))
    assert.equal(await second.closed(), '')
    first.leave()
  })
})

test('a connection that has had its share of requests is told so and gets no more', async () => {
  await withServer({ limits: { maxRequestsPerSocket: 2 } }, async ({ port }) => {
    const client = new RawClient(port)
    client.send(rawPost(chat, chatBody))
    await client.sees('hello')
    client.send(rawPost(chat, chatBody))
    await client.sees('Connection: close')
    client.send(rawPost(chat, chatBody))
    const answer = await client.sees('HTTP/1.1 503')
    assert.equal(answer.match(/HTTP\/1\.1 200/g)?.length, 2)
    client.leave()
  })
})

test('a connection may idle for longer than OkHttp keeps one in its pool', async () => {
  await withServer({}, async ({ port }) => {
    const answer = await sendRaw(port, rawPost(chat, chatBody), '\r\n\r\n')
    const [, seconds] = /\r\nKeep-Alive: timeout=(\d+)/.exec(answer) ?? []
    assert.ok(Number(seconds) > 5 * 60, answer)
  })
})
