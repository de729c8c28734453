// Connections: reused while they live, given up with the call.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { eventually } from '../../test/support/eventually.ts'
import {
  answered,
  callOf,
  compiledProvider,
  failureOf,
  openScene,
  openSender,
  type ReadBody,
  readBody,
} from '../../test/support/provider-kit.ts'
import { custom, early, respond, silence, stream } from '../../test/support/scripted-provider.ts'
import type { ProviderResult } from '../chain/ports.ts'
import { Cancellation } from '../resilience/cancellation.ts'

/** Reads an answer to its end and lets undici take the connection back, which it does a turn of the loop later. */
async function finish(result: ProviderResult): Promise<ReadBody> {
  const read = await readBody(answered(result).body)
  await nextTurn()
  await nextTurn()
  return read
}

const ok = respond({ json: { ok: true } })

test('one call after the other shares a connection', async t => {
  const { provider, call } = await openScene(t, { server: { byDefault: ok } })
  for (let calls = 0; calls < 5; calls += 1) await finish(await call())
  assert.deepEqual(
    provider.requests.map(request => request.connection),
    [1, 1, 1, 1, 1],
  )
})

test('a connection is reused by the same provider of another snapshot', async t => {
  const { provider, sender } = await openScene(t, { server: { byDefault: ok } })
  for (let snapshots = 0; snapshots < 3; snapshots += 1) {
    const result = await sender.send(callOf(compiledProvider(provider.url)), new Cancellation().signal)
    await finish(result)
  }
  assert.equal(provider.connections(), 1)
})

test('calls at the same time do not wait for each other', async t => {
  const { provider, call } = await openScene(t)
  provider.script(silence(), ok)
  const stopped = new Cancellation()
  const silent = call({ signal: stopped.signal })
  await eventually('the first call has arrived', () => provider.requests[0])
  assert.equal((await readBody(answered(await call()).body)).text, '{"ok":true}')
  stopped.abort()
  await silent
})

test('a call after the provider has closed the idle connection opens a new one', async t => {
  const { provider, call } = await openScene(t, { server: { byDefault: ok } })
  await readBody(answered(await call()).body)
  provider.dropConnections()
  await provider.requests[0]?.closedByPeer
  // The other end hears of it a turn of the loop later.
  for (let turns = 0; turns < 5; turns += 1) await nextTurn()
  await readBody(answered(await call()).body)
  assert.equal(provider.connections(), 2)
})

test('a connection that closes while the request is on its way is a connection error that may be tried again', async t => {
  const { provider, call } = await openScene(t)
  provider.script(ok, early(custom(socket => void socket.destroy())), ok)
  await finish(await call())
  assert.equal(failureOf(await call()).kind, 'ConnectError')
  await readBody(answered(await call()).body)
})

test('an idle connection that closes in the same moment never leaves a call without a result', async t => {
  const { provider, call } = await openScene(t, { server: { byDefault: ok } })
  for (let rounds = 0; rounds < 10; rounds += 1) {
    await finish(await call())
    const pending = call()
    provider.dropConnections()
    const result = await pending
    if (result.kind === 'failed') assert.equal(result.failure.kind, 'ConnectError')
    else await readBody(result.body)
  }
})

test('an idle connection that is reset before a request has left costs the call nothing', async t => {
  let reset: (() => void) | undefined
  const answerAndStay = custom(socket => {
    reset = () => void socket.resetAndDestroy()
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')
  })
  const { provider, call } = await openScene(t, { server: { byDefault: answerAndStay } })
  for (let rounds = 0; rounds < 10; rounds += 1) {
    await finish(await call())
    reset?.()
    await finish(await call())
  }
  assert.equal(provider.requests.length, 20)
})

test('aborting before the answer closes the connection and tells at once', async t => {
  const { provider, call } = await openScene(t)
  provider.script(silence())
  const stopped = new Cancellation()
  const pending = call({ signal: stopped.signal })
  const request = await eventually('the provider is asked', () => provider.requests[0])
  stopped.abort()
  assert.equal(failureOf(await pending).kind, 'ConnectError')
  await request.closedByPeer
})

test('aborting the signal in the middle of a body closes the connection', async t => {
  const { provider, call } = await openScene(t)
  provider.script(stream(['data: 1\n\n', 'hang']))
  const stopped = new Cancellation()
  const { body } = answered(await call({ signal: stopped.signal }))
  const told: string[] = []
  await new Promise<void>(resolve => {
    body.consume({
      data: () => resolve(),
      end: () => void told.push('end'),
      error: () => void told.push('error'),
    })
  })
  stopped.abort()
  await provider.requests[0]?.closedByPeer
  assert.deepEqual(told, [])
})

test('aborting a body nobody has read yet closes the connection, and twice is once', async t => {
  const { provider, call } = await openScene(t)
  provider.script(stream(['data: 1\n\n', 'hang']))
  const { body } = answered(await call())
  body.abort()
  body.abort()
  await provider.requests[0]?.closedByPeer
})

test('aborting after the end leaves the connection to the next call', async t => {
  const { provider, call } = await openScene(t, { server: { byDefault: ok } })
  const stopped = new Cancellation()
  const answer = answered(await call({ signal: stopped.signal }))
  await finish(answer)
  stopped.abort()
  answer.body.abort()
  await finish(await call())
  assert.equal(provider.connections(), 1)
})

test('a call whose signal has aborted is not sent', async t => {
  const { provider, call } = await openScene(t)
  const stopped = new Cancellation()
  stopped.abort()
  assert.equal(failureOf(await call({ signal: stopped.signal })).promptSent, 'none')
  assert.equal(provider.connections(), 0)
})

test('aborting while the connection is being made tells at once and sends nothing', async t => {
  let connect: (() => void) | undefined
  const { provider } = await openScene(t, { server: { byDefault: ok } })
  const sender = openSender(t, {
    sender: {
      resolve: (_host, done) => {
        connect = () => done(null, [{ address: '127.0.0.1', family: 4 }])
      },
    },
  })
  const stopped = new Cancellation()
  const target = compiledProvider(`http://localhost:${provider.port}`)
  const pending = sender.send(callOf(target), stopped.signal)
  await eventually('the name is looked up', () => connect)
  stopped.abort()
  const { kind, promptSent } = failureOf(await pending)
  assert.deepEqual({ kind, promptSent }, { kind: 'ConnectError', promptSent: 'none' })
  connect?.()
  await eventually('the connection is there', () => (provider.connections() > 0 ? true : undefined))
  await sender.close()
  assert.equal(provider.requests.length, 0)
})

test('a name that DNS never answers for is a connect timeout, on time', async t => {
  const sender = openSender(t, { sender: { resolve: () => undefined } })
  const begun = performance.now()
  const target = compiledProvider('http://localhost:9')
  const result = await sender.send(callOf(target, { connectTimeoutMs: 20 }), new Cancellation().signal)
  const { kind, limit, promptSent } = failureOf(result)
  assert.deepEqual({ kind, limit, promptSent }, { kind: 'Timeout', limit: 'connect', promptSent: 'none' })
  assert.ok(performance.now() - begun < 400)
})

test('a TLS handshake that never comes is a connect timeout', async t => {
  const { provider, sender } = await openScene(t)
  const target = compiledProvider(provider.url.replace('http:', 'https:'))
  const result = await sender.send(callOf(target, { connectTimeoutMs: 100 }), new Cancellation().signal)
  const { kind, limit, promptSent } = failureOf(result)
  assert.deepEqual({ kind, limit, promptSent }, { kind: 'Timeout', limit: 'connect', promptSent: 'none' })
})

test('an answer that comes before the request has been read is an answer', async t => {
  const { provider, call } = await openScene(t)
  provider.script(early(respond({ status: 413, json: { error: { message: 'too large' } } })))
  const answer = answered(await call({ call: { body: Buffer.alloc(8 * 1024 * 1024, 'x') } }))
  assert.equal(answer.status, 413)
  assert.match((await readBody(answer.body)).text, /too large/)
})
