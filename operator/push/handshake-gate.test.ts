import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { HandshakeGate } from './handshake-gate.ts'

/** A gate with two places before which five connections stand. */
async function start(context: TestContext) {
  const clock = new FakeClock()
  const begun: Socket[] = []
  const gate = new HandshakeGate({ clock, atOnce: 2, placeMs: 500, begin: one => void begun.push(one) })
  const sockets: Socket[] = []
  const server = createServer(socket => void sockets.push(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const clients: Socket[] = []
  for (let count = 0; count < 5; count += 1) {
    const come = once(server, 'connection')
    clients.push(connect(address.port, '127.0.0.1'))
    await come
  }
  context.after(() => {
    for (const socket of [...clients, ...sockets]) socket.destroy()
    server.close()
  })
  for (const socket of sockets) gate.take(socket)
  const [first, second, third, fourth, fifth] = sockets
  assert.ok(first && second && third && fourth && fifth)
  return { clock, gate, begun, sockets, first, third }
}

test('so many begin at once, and the next when one has ended', async context => {
  const scene = await start(context)
  assert.deepEqual(scene.begun, scene.sockets.slice(0, 2))
  scene.gate.leave(scene.first)
  assert.deepEqual(scene.begun, scene.sockets.slice(0, 3))
})

test('one that does not get on keeps its place for a moment only', async context => {
  const scene = await start(context)
  await scene.clock.advance(500)
  assert.deepEqual(scene.begun, scene.sockets.slice(0, 4))
  await scene.clock.advance(500)
  assert.deepEqual(scene.begun, scene.sockets)
  await scene.clock.advance(500)
  assert.equal(scene.clock.pending, 0)
})

test('one that ends twice, or after its place is gone, gives away nothing', async context => {
  const scene = await start(context)
  scene.gate.leave(scene.first)
  scene.gate.leave(scene.first)
  assert.equal(scene.begun.length, 3)
})

test('one that has gone while it waited takes nobody’s place', async context => {
  const scene = await start(context)
  scene.third.destroy()
  scene.gate.leave(scene.first)
  assert.deepEqual(scene.begun.at(-1), scene.sockets[3])
})
