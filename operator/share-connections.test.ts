import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { eventually } from '../test/support/eventually.ts'
import { type ConnectionShares, shareConnections } from './share-connections.ts'

interface Scene {
  readonly shares: ConnectionShares
  /** Those that the server kept, oldest first. */
  readonly kept: readonly Socket[]
  /** From this address; whether it was kept. */
  open(localAddress: string): Promise<{ readonly socket: Socket; readonly isKept: boolean }>
}

/** Two connections an address. */
async function start(context: TestContext): Promise<Scene> {
  const kept: Socket[] = []
  const server = createServer(socket => {
    if (socket.destroyed) return
    kept.push(socket)
    socket.on('error', () => undefined)
    socket.write('.')
  })
  const shares = shareConnections(server, 2)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const clients: Socket[] = []
  context.after(() => {
    for (const client of clients) client.destroy()
    server.close()
  })
  return {
    shares,
    kept,
    async open(localAddress) {
      const socket = connect({ port, host: '127.0.0.1', localAddress })
      socket.on('error', () => undefined)
      clients.push(socket)
      const isKept = await Promise.race([
        once(socket, 'data').then(() => true),
        once(socket, 'close').then(() => false),
      ])
      return { socket, isKept }
    },
  }
}

test('an address has its share and no more, and leaves the others theirs', async context => {
  const { open } = await start(context)
  const first = [await open('127.0.0.1'), await open('127.0.0.1'), await open('127.0.0.1')]
  assert.deepEqual(
    first.map(({ isKept }) => isKept),
    [true, true, false],
  )
  assert.ok((await open('127.0.0.2')).isKept)
})

test('a connection that ends, or shows what it is for, makes room', async context => {
  const { open, kept, shares } = await start(context)
  const { socket } = await open('127.0.0.1')
  await open('127.0.0.1')
  const [first, second] = kept
  assert.ok(first !== undefined && second !== undefined)
  shares.release(second)
  assert.ok((await open('127.0.0.1')).isKept)
  assert.ok(!(await open('127.0.0.1')).isKept)
  socket.destroy()
  await eventually('the server sees that it has ended', () => first.destroyed || undefined)
  assert.ok((await open('127.0.0.1')).isKept)
})

test('one that was released and ends later does not count twice', async context => {
  const { open, kept, shares } = await start(context)
  const { socket } = await open('127.0.0.1')
  await open('127.0.0.1')
  const [first] = kept
  assert.ok(first !== undefined)
  shares.release(first)
  shares.release(first)
  socket.destroy()
  await eventually('the server sees that it has ended', () => first.destroyed || undefined)
  assert.ok((await open('127.0.0.1')).isKept)
  assert.ok(!(await open('127.0.0.1')).isKept)
})
