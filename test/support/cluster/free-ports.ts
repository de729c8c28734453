// Ports for programs that cannot be asked which one they took.
import { createServer, type Server } from 'node:net'

/** Free loopback ports, all different. They may be taken by the time they are used: whoever uses them tries again. */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  const held: Server[] = []
  try {
    for (let taken = 0; taken < count; taken += 1) held.push(await listen())
    return held.map(portOf)
  } finally {
    await Promise.all(held.map(close))
  }
}

function listen(): Promise<Server> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a listening server has no port')
  return address.port
}

function close(server: Server): Promise<void> {
  return new Promise(resolve => server.close(() => resolve()))
}
