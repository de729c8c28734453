import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { HandshakePace } from './handshake-pace.ts'

function pace() {
  const begun: Socket[] = []
  return { begun, pace: new HandshakePace(socket => void begun.push(socket)) }
}

test('of many that come at once a few begin in each turn, in their order', async () => {
  const scene = pace()
  const sockets = Array.from({ length: 20 }, () => new Socket())
  for (const socket of sockets) scene.pace.take(socket)
  assert.equal(scene.begun.length, 0)
  await nextTurn()
  assert.equal(scene.begun.length, 8)
  await nextTurn()
  assert.equal(scene.begun.length, 16)
  await nextTurn()
  assert.deepEqual(scene.begun, sockets)
})

test('one that has gone meanwhile does not begin, and takes nobody’s turn', async () => {
  const scene = pace()
  const gone = Array.from({ length: 8 }, () => new Socket())
  const there = new Socket()
  for (const socket of [...gone, there]) scene.pace.take(socket)
  for (const socket of gone) socket.destroy()
  await nextTurn()
  assert.deepEqual(scene.begun, [there])
})

test('who breaks while it waits breaks nothing else', async () => {
  const scene = pace()
  const broken = new Socket()
  scene.pace.take(broken)
  broken.emit('error', new Error('reset'))
  await nextTurn()
  assert.deepEqual(scene.begun, [])
})
