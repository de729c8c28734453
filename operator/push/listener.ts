// The socket side: a TLS server with every bound set, and its way to stop.
import { once } from 'node:events'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import type { PushLimits } from './push-limits.ts'

/** Has no certificate yet: it gets one before it listens. */
export function createListener(limits: PushLimits, onConnection: (socket: TLSSocket) => void): Server {
  const server = createServer(
    {
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: limits.requestTimeoutMs,
      noDelay: true,
      // Finds a node that vanished although nothing is due to be written.
      keepAlive: true,
      keepAliveInitialDelay: 30_000,
      highWaterMark: limits.bufferedBytes,
    },
    onConnection,
  )
  server.maxConnections = limits.maxConnections
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  return server
}

/** @returns the port that was bound. @throws when it cannot be. */
export async function listenOn(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

/** Resolves once every connection is closed. */
export function closed(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
  })
}
