// The HTTP server under fastify, with every limit set: most of Node's and all of fastify's defaults mean "for ever".
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ServerLimits } from './limits.ts'
import type { ListenAddress } from './ports.ts'

export type Handle = (request: IncomingMessage, response: ServerResponse) => void

export function createListener(limits: ServerLimits, handle: Handle): Server {
  const server = createServer(
    {
      maxHeaderSize: limits.maxHeadBytes,
      headersTimeout: limits.headTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: limits.checkEveryMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      insecureHTTPParser: false,
      // Our own rule answers in the caller's shape, and counts.
      requireHostHeader: false,
      noDelay: true,
      highWaterMark: bufferBytes,
    },
    handle,
  )
  // What a caller expects is looked at with the rest of the head, before it is told to go on.
  server.on('checkContinue', handle)
  server.on('checkExpectation', handle)
  // A caller may close its side behind its request and still read: see half-closed.ts. Not in Node's types.
  Object.assign(server, { httpAllowHalfOpen: true })
  server.maxConnections = limits.maxConnections
  server.maxRequestsPerSocket = limits.maxRequestsPerSocket
  // Node drops what is beyond its count without a word; ours is a rule that refuses.
  server.maxHeadersCount = 0
  // A chain may be silent for a minute before its answer: idle connections are the keep-alive timeout's affair.
  server.timeout = 0
  return server
}

/** What one slow reader may leave unread before its provider is made to wait. */
const bufferBytes = 16 * 1024

/** @throws the listen error, e.g. EADDRINUSE. */
export function listen(server: Server, { host, port }: ListenAddress): Promise<ListenAddress> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.removeListener('error', reject)
      resolve({ host, port: portOf(server.address()) ?? port })
    })
  })
}

/** Stops accepting. Resolves when the last connection has closed. */
export function closeListener(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve()
  return new Promise(resolve => {
    server.close(() => resolve())
  })
}

function portOf(address: AddressInfo | string | null): number | undefined {
  return typeof address === 'object' ? address?.port : undefined
}
