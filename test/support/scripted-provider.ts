// A provider that does on the wire exactly what its script says: raw sockets, so that it can also break every rule of HTTP.
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { type ReceivedRequest, RequestReader } from './received-request.ts'
import { type RequestHandler, respond } from './scripted-answers.ts'

export type { ReceivedRequest } from './received-request.ts'
export {
  custom,
  dribble,
  early,
  type RequestHandler,
  raw,
  rawThenClose,
  rawThenReset,
  resetBeforeResponse,
  respond,
  type StreamStep,
  silence,
  stream,
} from './scripted-answers.ts'

export interface ScriptedProvider {
  /** Without a trailing slash, e.g. `http://127.0.0.1:41234`. */
  readonly url: string
  readonly port: number
  /** Every request whose head has come, in order. */
  readonly requests: readonly ReceivedRequest[]
  /** Connections accepted so far. */
  connections(): number
  /** Appends to the script. Each request takes the next handler; when none is left, the default answers. */
  script(...handlers: readonly RequestHandler[]): void
  /** Closes every connection, as a provider does with idle ones, and goes on listening. */
  dropConnections(): void
  /** Destroys every connection and stops listening. Safe to call twice. */
  close(): Promise<void>
}

export interface ScriptedProviderOptions {
  /** Speaks TLS with this certificate. */
  readonly tls?: Pick<TlsOptions, 'cert' | 'key'>
  /** Answers what the script says nothing of; without it status 500. */
  readonly byDefault?: RequestHandler
}

const nothingScripted = respond({
  status: 500,
  json: { error: { type: 'server_error', message: 'nothing scripted' } },
})

export async function startScriptedProvider(
  options: ScriptedProviderOptions = {},
): Promise<ScriptedProvider> {
  const requests: ReceivedRequest[] = []
  const queue: RequestHandler[] = []
  const sockets = new Set<Socket>()
  let accepted = 0
  const accept = (socket: Socket) => {
    accepted += 1
    serve(socket, accepted, request => {
      requests.push(request)
      return queue.shift() ?? options.byDefault ?? nothingScripted
    })
  }
  const server = options.tls ? createTlsServer(options.tls, accept) : createServer(accept)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  // A client that does not trust the certificate is part of the play.
  server.on('tlsClientError', () => undefined)
  const port = await listen(server)
  const dropConnections = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    requests,
    connections: () => accepted,
    script: (...handlers) => void queue.push(...handlers),
    dropConnections,
    async close() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      dropConnections()
      await closed
    },
  }
}

function serve(socket: Socket, connection: number, next: (request: ReceivedRequest) => RequestHandler): void {
  const gone = new AbortController()
  // A peer that resets is part of the play; what follows is the close.
  socket.on('error', () => undefined)
  const closedByPeer = new Promise<void>(resolve => {
    socket.once('close', () => {
      gone.abort()
      resolve()
    })
  })
  socket.setNoDelay(true)
  const handlers = new Map<ReceivedRequest, RequestHandler>()
  let earlier: Promise<void> = Promise.resolve()
  const answer = (request: ReceivedRequest, handler: RequestHandler) => {
    earlier = earlier
      .then(() => handler.answer({ socket, request, signal: gone.signal }))
      // A broken script shows on the wire as a broken answer and in the test that made it.
      .catch((error: unknown) => void socket.destroy(error instanceof Error ? error : undefined))
  }
  const reader = new RequestReader(
    { connection, closedByPeer },
    {
      headRead(request) {
        const handler = next(request)
        if (handler.runsWhen === 'headRead') answer(request, handler)
        else handlers.set(request, handler)
      },
      requestRead(request) {
        const handler = handlers.get(request)
        handlers.delete(request)
        if (handler !== undefined) answer(request, handler)
      },
    },
  )
  socket.on('data', bytes => reader.push(bytes))
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the scripted provider has no port')
  return address.port
}
