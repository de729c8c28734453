// The socket side: a TLS server with every bound set, and its way to stop.
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import type { Clock } from '../reconcile/ports.ts'
import { HandshakeGate } from './handshake-gate.ts'
import type { PushLimits } from './push-limits.ts'

export interface ListenerParts {
  readonly limits: PushLimits
  readonly clock: Clock
}

/** Has no certificate yet: it gets one before it listens. */
export function createListener(
  { limits, clock }: { readonly limits: PushLimits; readonly clock: Clock },
  onConnection: (socket: TLSSocket) => void,
): Server {
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
  gateHandshakes(server, { limits, clock })
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  return server
}

/** Puts the gate before what Node does with each new connection. */
function gateHandshakes(server: Server, { limits, clock }: ListenerParts): void {
  const listeners = server.listeners('connection')
  server.removeAllListeners('connection')
  const begin = (socket: Socket) => {
    for (const listener of listeners) listener.call(server, socket)
  }
  const { handshakesAtOnce: atOnce, handshakePlaceMs: placeMs } = limits
  const gate = new HandshakeGate({ clock, atOnce, placeMs, begin })
  server.on('connection', socket => gate.take(socket))
  server.on('secureConnection', socket => gate.leave(socket))
  server.on('tlsClientError', (_error, socket) => gate.leave(socket))
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
