// The socket side: an HTTPS server with every bound set, and its way to stop.
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { TLSSocket } from 'node:tls'
import type { PushLimits } from './push-limits.ts'
import { type ConnectionParts, ConnectionTaker } from './take-connection.ts'

/** Has no certificate yet: it gets one before it listens. */
export function createListener(limits: PushLimits, onRequest: RequestListener): Server {
  const server = createServer(
    {
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: limits.requestTimeoutMs,
      maxHeaderSize: limits.maxHeadBytes,
      headersTimeout: limits.requestTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: Math.min(1_000, limits.requestTimeoutMs),
      keepAliveTimeout: limits.keepAliveMs,
      noDelay: true,
      // Finds a node that vanished although nothing is due to be written.
      keepAlive: true,
      keepAliveInitialDelay: 30_000,
      highWaterMark: limits.bufferedBytes,
    },
    onRequest,
  )
  server.maxConnections = limits.maxConnections
  server.maxHeadersCount = 64
  return server
}

/** Puts our own look at each connection before that of Node's HTTP server. */
export function lookAtConnections(server: Server, parts: Omit<ConnectionParts, 'onOther'>): ConnectionTaker {
  const http = server.listeners('secureConnection')
  server.removeAllListeners('secureConnection')
  const onOther = (socket: TLSSocket) => {
    for (const listener of http) listener.call(server, socket)
  }
  const taker = new ConnectionTaker({ ...parts, onOther })
  server.on('secureConnection', socket => taker.take(socket))
  return taker
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
    server.closeIdleConnections()
  })
}
