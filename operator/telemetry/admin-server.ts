// The admin listener: probes, metrics and the account of all pods. Nothing secret, nothing that changes anything.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { shareConnections } from '../share-connections.ts'

export interface AdminPages {
  /** Ready when caches are filled and both listeners stand; `text` says what is waited for. */
  readiness(): { readonly isReady: boolean; readonly text: string }
  metrics(): Promise<string>
  /** What `/fleet` shows. */
  fleet(): unknown
  /** Told of a page that failed. */
  onTrouble(error: unknown): void
}

export interface AdminServer {
  /** Resolves with the port once it listens. */
  listen(host: string, port: number): Promise<number>
  close(): Promise<void>
}

interface Page {
  readonly status: number
  readonly type: string
  readonly text: string
}

const plainText = 'text/plain; charset=utf-8'
const metricsText = 'text/plain; version=0.0.4; charset=utf-8'

const mostPerAddress = 64

export function createAdminServer(pages: AdminPages): AdminServer {
  const limits = {
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    maxHeaderSize: 16_384,
  }
  const server = createServer(limits, (request, response) => void answer(pages, request, response))
  server.maxConnections = 256
  // Probes need a place, whoever else in the cluster comes.
  shareConnections(server, mostPerAddress)
  return {
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => {
          server.off('error', reject)
          resolve((server.address() as AddressInfo).port)
        })
      }),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(pages: AdminPages, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Bodies mean nothing here.
  request.resume()
  const page = await pageOf(pages, request).catch((error: unknown) => {
    pages.onTrouble(error)
    return { status: 500, type: plainText, text: 'internal error\n' }
  })
  response.writeHead(page.status, {
    'content-type': page.type,
    'content-length': Buffer.byteLength(page.text),
    'cache-control': 'no-store',
    ...(page.status === 405 && { allow: 'GET, HEAD' }),
  })
  response.end(request.method === 'HEAD' ? undefined : page.text)
}

async function pageOf(pages: AdminPages, request: IncomingMessage): Promise<Page> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, type: plainText, text: 'only GET and HEAD\n' }
  }
  const [path] = (request.url ?? '').split('?', 1)
  switch (path) {
    case '/livez':
      return { status: 200, type: plainText, text: 'ok\n' }
    case '/readyz': {
      const { isReady, text } = pages.readiness()
      return { status: isReady ? 200 : 503, type: plainText, text: `${text}\n` }
    }
    case '/metrics':
      return { status: 200, type: metricsText, text: await pages.metrics() }
    case '/fleet':
      return { status: 200, type: 'application/json', text: `${JSON.stringify(pages.fleet())}\n` }
    default:
      return { status: 404, type: plainText, text: 'there are /livez, /readyz, /metrics and /fleet\n' }
  }
}
