import assert from 'node:assert/strict'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import test from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { ExchangeRegister } from './exchange.ts'

function setUp() {
  const socket = new Socket()
  const register = new ExchangeRegister({ clock: new FakeClock(), newRequestId: () => 'a' })
  const open = () => {
    const request = new IncomingMessage(socket)
    return register.open(request, new ServerResponse(request))
  }
  return { socket, register, open }
}

test('a closed connection aborts every exchange on it, also one that waits its turn', () => {
  const { socket, register, open } = setUp()
  const exchanges = [open(), open()]
  socket.emit('close')
  assert.deepEqual(
    exchanges.map(({ signal }) => signal.aborted),
    [true, true],
  )
  assert.equal(register.size, 0)
})

test('many exchanges on one connection need one listener', () => {
  const { socket, open } = setUp()
  for (let count = 0; count < 30; count += 1) open()
  assert.equal(socket.listenerCount('close'), 1)
})

test('once connections are not kept alive, neither answers under way nor later ones keep them', () => {
  const { register, open } = setUp()
  const before = open()
  register.stopKeepingAlive()
  assert.equal(before.response.shouldKeepAlive, false)
  assert.equal(open().response.shouldKeepAlive, false)
})
