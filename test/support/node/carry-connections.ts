// Carries bytes between an address and another: how the API server is reached from outside its network namespace, through a socket file.
import {
  connect,
  createServer,
  type ListenOptions,
  type NetConnectOpts,
  type Server,
  type Socket,
} from 'node:net'

export interface Carrier {
  /** 0 when it listens on a file. */
  readonly port: number
  close(): Promise<void>
}

export async function carryConnections(from: ListenOptions, to: NetConnectOpts): Promise<Carrier> {
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  }
  const server = createServer({ allowHalfOpen: true, noDelay: true }, inbound => {
    const outbound = connect({ ...to, allowHalfOpen: true })
    keep(inbound)
    keep(outbound)
    join(inbound, outbound)
    join(outbound, inbound)
  })
  await listen(server, from)
  return {
    port: portOf(server),
    async close() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** One direction: ends as its source ends, and breaks as it breaks. */
function join(source: Socket, target: Socket): void {
  source.on('error', () => target.destroy())
  source.once('close', () => {
    if (!source.readableEnded) target.destroy()
  })
  source.pipe(target)
}

function listen(server: Server, from: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(from, () => resolve())
  })
}

function portOf(server: Server): number {
  const address = server.address()
  return address === null || typeof address === 'string' ? 0 : address.port
}
