import assert from 'node:assert/strict'
import test from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { eventually } from '../../test/support/eventually.ts'
import { chatBody, streamBody } from '../../test/support/inbound/data-server-kit.ts'
import {
  type Http2Caller,
  type Http2Exchange,
  requestIsRead,
  withCaller,
  withSocket,
} from '../../test/support/inbound/http2-caller.ts'
import {
  clientPreface,
  frame,
  frameTypes,
  headersFrame,
  resetFrame,
} from '../../test/support/inbound/http2-frames.ts'
import { ScriptedStream, servedStream, textUnit } from '../../test/support/inbound/scripted-door.ts'

const chat = '/v1/chat/completions'
const bodyFrame = frame({ type: frameTypes.data, stream: 1, payload: Buffer.from(chatBody) })

// ── Callers who go ─────────────────────────────────────────────────────────────────────────────────────────────────

test('a body that is taken back half-way is no request, even where it could be read', async () => {
  await withSocket({}, async (test, socket) => {
    socket.write(Buffer.concat([clientPreface, headersFrame(1), bodyFrame]))
    await requestIsRead(test)
    socket.write(resetFrame(1))
    await eventually('telemetry is told', () => test.rejected[0])
    assert.deepEqual(
      test.rejected.map(({ outcome, status }) => [outcome, status]),
      [['cancelled', 0]],
    )
    assert.equal(test.door.sessions.length, 0)
  })
})

test('a body whose connection breaks is no request either', async () => {
  await withSocket({}, async (test, socket) => {
    socket.write(Buffer.concat([clientPreface, headersFrame(1), bodyFrame]))
    await requestIsRead(test)
    socket.destroy()
    assert.equal((await eventually('telemetry is told', () => test.rejected[0])).outcome, 'cancelled')
    assert.equal(test.door.sessions.length, 0)
  })
})

const waysToLeave: readonly (readonly [
  how: string,
  leave: (caller: Http2Caller, asked: Http2Exchange) => void,
])[] = [
  ['takes its request back', (_caller, asked) => asked.stream.close(8)],
  ['closes its connection', caller => caller.leave()],
]

for (const [how, leave] of waysToLeave) {
  test(`a caller who ${how} takes the walk along at once`, async () => {
    await withCaller({}, async ({ door, server }, caller) => {
      door.walk = () => new Promise(() => undefined)
      const asked = caller.post(chat, chatBody)
      const session = await eventually('it walks', () => door.sessions[0])
      const leftAt = performance.now()
      leave(caller, asked)
      await eventually('the walk is told', () => (session.request.signal.aborted ? true : undefined))
      assert.ok(performance.now() - leftAt < 100)
      assert.equal(server.inFlight(), 0)
    })
  })
}

// ── Slow readers ───────────────────────────────────────────────────────────────────────────────────────────────────

const much = textUnit('a'.repeat(64 * 1024))

test('the provider waits while the caller does not read, and goes on when it does', async () => {
  await withCaller({}, async ({ door }, caller) => {
    const stream = new ScriptedStream({ isNative: true })
    door.walk = () => Promise.resolve(servedStream(stream))
    const asked = caller.post(chat, streamBody)
    asked.stream.pause()
    await eventually('it walks', () => door.sessions[0])
    await pause(5)
    for (let count = 0; count < 5; count += 1) stream.chunk(much)
    assert.equal(stream.held.at(-1), 'pause')
    asked.stream.resume()
    await eventually('the provider goes on', () => (stream.held.at(-1) === 'resume' ? true : undefined))
  })
})

test('a caller who takes nothing for too long loses its request, in a way that no client takes for an end', async () => {
  await withCaller({ limits: { writeStallMs: 100 } }, async ({ door }, caller) => {
    const stream = new ScriptedStream({ isNative: true })
    door.walk = () => Promise.resolve(servedStream(stream))
    const asked = caller.post(chat, streamBody)
    asked.stream.pause()
    const session = await eventually('it walks', () => door.sessions[0])
    await pause(5)
    for (let count = 0; count < 5; count += 1) stream.chunk(much)
    await eventually('the walk is told', () => (session.request.signal.aborted ? true : undefined))
    asked.stream.resume()
    assert.equal((await asked.answer).code, 2)
  })
})

// ── The end of the process ─────────────────────────────────────────────────────────────────────────────────────────

test('a drain says goodbye and lets a stream finish', async () => {
  await withCaller({}, async ({ door, server }, caller) => {
    const stream = new ScriptedStream({ isNative: true })
    door.walk = () => Promise.resolve(servedStream(stream))
    const asked = caller.post(chat, streamBody)
    await eventually('it walks', () => door.sessions[0])
    await pause(5)
    const drained = server.drain(1_000)
    await eventually('goodbye is said', () => caller.goaway)
    stream.chunk(textUnit('last words'))
    stream.consumer.end({ kind: 'complete' })
    const { text, code } = await asked.answer
    assert.match(text, /last words[\s\S]*\[DONE\]\n\n$/)
    assert.equal(code, 0)
    await drained
    await caller.closed()
    assert.equal(server.inFlight(), 0)
  })
})

test('a drain ends what is left with an error event, never with a clean end', async () => {
  await withCaller({}, async ({ door, server }, caller) => {
    const stream = new ScriptedStream({ isNative: true })
    door.walk = () => Promise.resolve(servedStream(stream))
    const asked = caller.post(chat, streamBody)
    await eventually('it walks', () => door.sessions[0])
    await pause(5)
    stream.chunk(textUnit('endless'))
    const startedAt = performance.now()
    await server.drain(300)
    assert.ok(performance.now() - startedAt < 1_000)
    const { text } = await asked.answer
    assert.match(text, /"code":"shutting_down"/)
    assert.doesNotMatch(text, /\[DONE\]/)
    assert.equal(door.session.request.signal.aborted, true)
  })
})

test('a connection that is open but idle does not hold a drain up', async () => {
  await withCaller({}, async ({ server }, caller) => {
    await caller.post(chat, chatBody).answer
    const startedAt = performance.now()
    await server.drain(5_000)
    assert.ok(performance.now() - startedAt < 2_000)
    await caller.closed()
    assert.equal(caller.goaway, 0)
  })
})
