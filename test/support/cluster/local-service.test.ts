import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { findFreePorts } from './free-ports.ts'
import { startLocalService } from './local-service.ts'

const servers: Server[] = []
after(() => {
  for (const server of servers) server.close()
})

/** Says its name to everybody and ends. */
async function startNamed(name: string): Promise<number> {
  const server = createServer(socket => socket.end(name))
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

test('takes turns among its replicas and passes over one that is gone', async () => {
  const service = await startLocalService()
  const [gone = 0] = await findFreePorts(1)
  service.setBackends([await startNamed('a'), gone, await startNamed('b')])
  const heard = new Set<string>()
  for (let call = 0; call < 6; call += 1) heard.add(await text(connect(service.port, '127.0.0.1')))
  assert.deepEqual([...heard].sort(), ['a', 'b'])
  await service.close()
})

test('without replicas a connection is closed', async () => {
  const service = await startLocalService()
  const socket = connect(service.port, '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'close')
  await service.close()
})
