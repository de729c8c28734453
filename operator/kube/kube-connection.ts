// Where the API server is and how to show who we are: from a kubeconfig or from the pod's own ServiceAccount.
import { createHash } from 'node:crypto'
import type { RequestOptions } from 'node:https'
import { delimiter } from 'node:path'
// The package's index loads every generated API: more than the rest of the operator together.
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import type { Clock } from '../reconcile/ports.ts'

/** How one request reaches the API server and is let in. */
export interface Connection {
  /** `https://host:port` */
  readonly origin: string
  /** Path below which the API lies; usually empty. */
  readonly basePath: string
  readonly headers: Readonly<Record<string, string>>
  readonly tls: ConnectionTls
  /** Equal for connections that may share sockets. */
  readonly key: string
}

export interface ConnectionTls {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly servername?: string
  readonly rejectUnauthorized?: boolean
}

export interface ConnectionSource {
  current(): Promise<Connection>
  /** The API server did not accept the credential: everything is read again. */
  forget(): void
}

/** Files are looked at this often: a rotated token or CA is in use within this time plus what the library caches. */
const readAgainMs = 10_000

/**
 * Nothing is read before the first `current()`, which rejects with a sentence when the files cannot be used.
 * @param kubeconfig paths as in the variable KUBECONFIG; undefined: the ServiceAccount of the pod.
 */
export function createConnectionSource(kubeconfig: string | undefined, clock: Clock): ConnectionSource {
  let config: KubeConfig | undefined
  let latest: { readonly connection: Promise<Connection>; readonly readAt: number } | undefined
  const read = async (): Promise<Connection> => {
    config ??= loadKubeConfig(kubeconfig)
    return connectionOf(config)
  }
  return {
    current() {
      if (latest !== undefined && clock.now() - latest.readAt < readAgainMs) return latest.connection
      const connection = read()
      latest = { connection, readAt: clock.now() }
      return connection
    },
    forget() {
      // At most once in a while: a forbidden client would run its credential plugin for every request.
      if (latest === undefined || clock.now() - latest.readAt < 1000) return
      config = undefined
      latest = undefined
    },
  }
}

function loadKubeConfig(kubeconfig: string | undefined): KubeConfig {
  const config = new KubeConfig()
  const [first, ...others] = (kubeconfig ?? '').split(delimiter).filter(path => path !== '')
  if (first === undefined) {
    config.loadFromCluster()
    return config
  }
  config.loadFromFile(first)
  for (const path of others) {
    const next = new KubeConfig()
    next.loadFromFile(path)
    config.mergeConfig(next)
  }
  return config
}

async function connectionOf(config: KubeConfig): Promise<Connection> {
  const cluster = config.getCurrentCluster()
  if (cluster === null) {
    throw new Error('kubeconfig: no current context with a cluster; run `kubectl config use-context NAME`')
  }
  if (cluster.proxyUrl) {
    throw new Error(
      `kubeconfig: cluster "${cluster.name}" has a proxy-url, which the operator does not support`,
    )
  }
  const options: RequestOptions = { headers: {} }
  await config.applyToHTTPSOptions(options)
  const server = new URL(cluster.server)
  const tls = tlsOf(options)
  return {
    origin: server.origin,
    basePath: server.pathname.replace(/\/+$/, ''),
    headers: headersOf(options),
    tls,
    key: createHash('sha256')
      .update(JSON.stringify([server.origin, tls]))
      .digest('hex'),
  }
}

function tlsOf(options: RequestOptions): ConnectionTls {
  const { ca, cert, key, servername, rejectUnauthorized } = options
  return {
    ...(ca === undefined ? {} : { ca: String(ca) }),
    ...(cert === undefined ? {} : { cert: String(cert) }),
    ...(key === undefined ? {} : { key: String(key) }),
    ...(servername === undefined ? {} : { servername }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  }
}

function headersOf(options: RequestOptions): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    // A token file may end in a line feed, which no header can carry.
    if (value !== undefined) headers[name.toLowerCase()] = String(value).trim()
  }
  if (typeof options.auth === 'string') {
    headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`
  }
  return headers
}
