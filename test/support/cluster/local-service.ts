// What a Service does in a cluster, on loopback: one address in front of several replicas.
import { connect, createServer, type Server, type Socket } from 'node:net'

export interface LocalService {
  readonly port: number
  /** Ports of the replicas that take new connections from now on; open connections stay where they are. */
  setBackends(ports: readonly number[]): void
  /** Cuts every connection that runs through here, as a node does when it fails. */
  cutConnections(): void
  close(): Promise<void>
}

/** Takes turns among its backends and passes over one that refuses. */
export async function startLocalService(): Promise<LocalService> {
  const sockets = new Set<Socket>()
  let backends: readonly number[] = []
  let turn = 0
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  }
  // Both ways half-close, so that a stream which ends in one direction ends the way its owner meant.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, inbound => {
    keep(inbound)
    turn += 1
    const order = backends.map((_, at) => backends[(at + turn) % backends.length] ?? 0)
    forward(inbound, order, keep)
  })
  const port = await listen(server)
  const cutConnections = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port,
    setBackends: ports => {
      backends = ports
    },
    cutConnections,
    async close() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      cutConnections()
      await closed
    },
  }
}

function forward(inbound: Socket, order: readonly number[], keep: (socket: Socket) => void): void {
  const [first, ...others] = order
  // Lost connections are told by closing the other half; the programs at the ends say the rest.
  inbound.on('error', () => undefined)
  if (first === undefined) {
    inbound.destroy()
    return
  }
  const outbound = connect({ host: '127.0.0.1', port: first, allowHalfOpen: true, noDelay: true })
  let isConnected = false
  outbound.on('error', () => undefined)
  outbound.once('connect', () => {
    isConnected = true
    keep(outbound)
    inbound.once('close', () => outbound.destroy())
    inbound.pipe(outbound).pipe(inbound)
  })
  outbound.once('close', () => {
    if (isConnected || inbound.destroyed) inbound.destroy()
    else forward(inbound, others, keep)
  })
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address === null || typeof address === 'string') reject(new Error('the service has no port'))
      else resolve(address.port)
    })
  })
}
