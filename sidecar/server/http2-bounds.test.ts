import assert from 'node:assert/strict'
import { once } from 'node:events'
import test from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { eventually } from '../../test/support/eventually.ts'
import { chatBody, rawPost, withServer } from '../../test/support/inbound/data-server-kit.ts'
import { requestIsRead, withCaller, withSocket } from '../../test/support/inbound/http2-caller.ts'
import {
  clientPreface,
  frame,
  frameTypes,
  headersFrame,
  resetFrame,
} from '../../test/support/inbound/http2-frames.ts'
import { RawClient } from '../../test/support/inbound/raw-client.ts'

const chat = '/v1/chat/completions'
const bodyFrame = frame({ type: frameTypes.data, stream: 1, payload: Buffer.from(chatBody) })

/** Short enough for a test, long enough for a busy machine. */
const quick = { headTimeoutMs: 150, requestTimeoutMs: 200, checkEveryMs: 20 }

test('a body that does not end is given up', async () => {
  await withCaller({ limits: quick }, async ({ door, rejected }, caller) => {
    const asked = caller.open(chat)
    asked.stream.write('{"model"')
    const { status, text } = await asked.answer
    assert.equal(status, 408)
    assert.match(text, /"request_timeout"/)
    await eventually('telemetry is told', () => rejected[0])
    assert.deepEqual(
      rejected.map(({ outcome, status }) => [outcome, status]),
      [['denied', 408]],
    )
    assert.equal(door.sessions.length, 0)
  })
})

test('a walk may take longer than a head or a body may', async () => {
  await withCaller({ limits: quick }, async ({ door, rejected }, caller) => {
    const walk = door.walk
    door.walk = async request => {
      await pause(500)
      return walk(request)
    }
    assert.equal((await caller.post(chat, chatBody).answer).status, 200)
    assert.equal((await caller.post(chat, chatBody).answer).status, 200)
    assert.equal(rejected.length, 0)
  })
})

test('a connection that asks nothing is closed, and pings do not keep it', async () => {
  await withSocket({ limits: quick }, async (_test, socket) => {
    const startedAt = performance.now()
    socket.write(clientPreface)
    socket.write(frame({ type: frameTypes.settings, flags: 1, stream: 0, payload: Buffer.alloc(0) }))
    const pings = setInterval(
      () => socket.write(frame({ type: frameTypes.ping, stream: 0, payload: Buffer.alloc(8) })),
      20,
    )
    await once(socket, 'close')
    clearInterval(pings)
    assert.ok(performance.now() - startedAt < 2_000)
  })
})

test('a connection that has gone quiet is told goodbye', async () => {
  await withCaller({ limits: { keepAliveTimeoutMs: 50 } }, async (_test, caller) => {
    assert.equal((await caller.post(chat, chatBody).answer).status, 200)
    await caller.closed()
    assert.equal(caller.goaway, 0)
  })
})

test('a client that never confirms our settings is cut off', async () => {
  await withSocket({ limits: { headTimeoutMs: 100 } }, async (test, socket) => {
    test.door.walk = () => new Promise(() => undefined)
    socket.write(Buffer.concat([clientPreface, headersFrame(1), bodyFrame]))
    await once(socket, 'close')
    assert.equal(test.server.inFlight(), 0)
  })
})

test('requests that are taken back again and again end the connection', async () => {
  const limits = { streamResetBurst: 10, streamResetsPerSecond: 1 }
  await withSocket({ limits }, async ({ rejected }, socket) => {
    socket.write(clientPreface)
    // Frames that are on their way when the connection ends come back as an error.
    socket.on('error', () => undefined)
    const closed = new Promise(resolve => socket.once('close', resolve))
    for (let stream = 1; stream < 200 && !socket.destroyed; stream += 2) {
      socket.write(Buffer.concat([headersFrame(stream), resetFrame(stream)]))
      await pause(2)
    }
    await closed
    assert.ok(rejected.length >= 10 && rejected.length <= 40, `${rejected.length} requests were read`)
  })
})

test('more requests at a time than allowed wait for their turn', async () => {
  await withCaller({ limits: { maxConcurrentStreams: 2 } }, async ({ door }, caller) => {
    await eventually('settings have come', () => caller.session.remoteSettings.maxConcurrentStreams)
    let most = 0
    let now = 0
    const walk = door.walk
    door.walk = async request => {
      now += 1
      most = Math.max(most, now)
      await pause(10)
      now -= 1
      return walk(request)
    }
    const answers = await Promise.all(Array.from({ length: 6 }, () => caller.post(chat, chatBody).answer))
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
    assert.ok(most <= 2, `${most} at a time`)
  })
})

test('a connection that has had its share of requests is told goodbye', async () => {
  await withCaller({ limits: { maxRequestsPerSocket: 2 } }, async (_test, caller) => {
    await caller.post(chat, chatBody).answer
    assert.equal((await caller.post(chat, chatBody).answer).status, 200)
    await caller.closed()
    assert.equal(caller.goaway, 0)
  })
})

test('a preface behind a request of HTTP/1.1 is refused', async () => {
  await withServer({}, async ({ port, rejected }) => {
    const client = new RawClient(port)
    client.send(rawPost(chat, chatBody))
    await client.sees('hello')
    client.send(clientPreface.toString('latin1'))
    assert.match(await client.closed(), /HTTP\/1\.1 400 /)
    assert.equal(rejected[0]?.status, 400)
  })
})

test('a preface that comes in pieces is one all the same', async () => {
  await withSocket({}, async (test, socket) => {
    socket.setNoDelay(true)
    for (const byte of clientPreface.subarray(0, 30)) {
      socket.write(Buffer.from([byte]))
      await pause(2)
    }
    socket.write(Buffer.concat([clientPreface.subarray(30), headersFrame(1), bodyFrame]))
    await requestIsRead(test)
  })
})
