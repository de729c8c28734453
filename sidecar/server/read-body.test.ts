import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { after, before, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { Exchange } from './exchange.ts'
import { readBody } from './read-body.ts'

const mebibyte = 1024 * 1024
const server = createServer()

before(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
after(() => {
  server.close()
  server.closeAllConnections()
})

/** An exchange whose caller has begun to send this body. */
async function receive(body: Buffer): Promise<Exchange> {
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  const call = request({ port: address.port, host: '127.0.0.1', method: 'POST', agent: false })
  call.once('error', () => undefined)
  const arrived: Promise<unknown[]> = once(server, 'request')
  call.end(body)
  const [incoming, response] = (await arrived) as [IncomingMessage, ServerResponse]
  return new Exchange({ id: 'r1', request: incoming, response, clock: new FakeClock() })
}

test('a body that came in pieces is whole', async () => {
  const sent = Buffer.alloc(mebibyte, 'abc')
  const exchange = await receive(sent)
  assert.ok((await readBody(exchange, 2 * mebibyte))?.equals(sent))
})

test('while its request is under way a large body is in memory once', async () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const exchange = await receive(Buffer.alloc(4 * mebibyte, 'abc'))
  const pieces: WeakRef<Buffer>[] = []
  exchange.request.on('data', (piece: Buffer) => void pieces.push(new WeakRef(piece)))
  const body = await readBody(exchange, 8 * mebibyte)
  await nextTurn()
  collect()
  assert.ok(pieces.length > 10)
  assert.ok(pieces.filter(piece => piece.deref() !== undefined).length <= 2)
  assert.equal(body?.length, 4 * mebibyte)
})
