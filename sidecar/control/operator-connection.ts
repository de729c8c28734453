// One connection to the operator on the wire: a stream that comes down, short reports that go up. Decides nothing.
import { readFile } from 'node:fs/promises'
import { Pool } from 'undici'
import { controlHeaders, controlPaths, controlProtocol } from '../../crds/snapshot/control-frames.ts'
import type {
  Connect,
  ConnectionEnd,
  ConnectionListener,
  ConnectRequest,
  OperatorConnection,
} from './connection-port.ts'
import { explainConnectError } from './explain-connect-error.ts'
import { ReportHandler, StreamHandler } from './wire-handlers.ts'

export interface OperatorAddress {
  /** An `https:` URL without a trailing slash. */
  readonly url: string
  /** Certificates in PEM; nothing else is trusted. Read again for each connection, as the token is. */
  readonly caFile: string
  readonly tokenFile: string
}

const connectTimeoutMs = 10_000
const reportTimeoutMs = 10_000
/** Reports go up at every heartbeat: their connection waits for the next one where the operator lets it. */
const keepAliveMs = 120_000
const maxHeaderBytes = 16 * 1024

/** @param version of this program. */
export function connectTo(address: OperatorAddress, version: string): Connect {
  return (request, listener) => {
    const connection = new Connection(address, version, listener)
    void connection.open(request)
    return connection
  }
}

class Connection implements OperatorConnection {
  readonly #address: OperatorAddress
  readonly #version: string
  readonly #prefix: string
  #listener: ConnectionListener | undefined
  #pool: Pool | undefined
  #token = ''

  constructor(address: OperatorAddress, version: string, listener: ConnectionListener) {
    this.#address = address
    this.#version = version
    this.#listener = listener
    this.#prefix = new URL(address.url).pathname.replace(/\/+$/, '')
  }

  async open({ live }: ConnectRequest): Promise<void> {
    const material = await readMaterial(this.#address)
    if (this.#listener === undefined) return
    if (material.kind === 'failed') return this.#end(material)
    this.#token = material.token
    try {
      this.#pool = openPool(this.#address.url, material.ca)
      const headers = { ...this.#headers(), ...(live !== undefined && { [controlHeaders.live]: live }) }
      this.#pool.dispatch(
        { method: 'GET', path: `${this.#prefix}${controlPaths.stream}`, headers },
        new StreamHandler({
          data: chunk => this.#listener?.data(chunk),
          ended: end => this.#end(withoutToken(end, material.token)),
        }),
      )
    } catch (cause) {
      this.#end({ kind: 'failed', problem: explainConnectError(cause) })
    }
  }

  post(path: string, stream: string, body: string): Promise<number> {
    const pool = this.#pool
    if (pool === undefined) return Promise.resolve(0)
    const headers = {
      ...this.#headers(),
      [controlHeaders.stream]: stream,
      'content-type': 'application/json',
    }
    return new Promise(resolve => {
      const times = { headersTimeout: reportTimeoutMs, bodyTimeout: reportTimeoutMs }
      try {
        pool.dispatch(
          { method: 'POST', path: `${this.#prefix}${path}`, headers, body, ...times },
          new ReportHandler(resolve),
        )
      } catch {
        resolve(0)
      }
    })
  }

  close(): void {
    this.#listener = undefined
    // What it was doing fails, and nobody listens any more.
    void this.#pool?.destroy().catch(() => undefined)
  }

  #end(end: ConnectionEnd): void {
    const listener = this.#listener
    this.close()
    listener?.ended(end)
  }

  #headers(): Record<string, string> {
    return {
      authorization: `Bearer ${this.#token}`,
      'user-agent': `llm-fallback/${this.#version}`,
      [controlHeaders.protocol]: String(controlProtocol),
      [controlHeaders.version]: this.#version,
    }
  }
}

type Material =
  | { readonly kind: 'read'; readonly ca: string; readonly token: string }
  | Extract<ConnectionEnd, { kind: 'failed' }>

async function readMaterial({ caFile, tokenFile }: OperatorAddress): Promise<Material> {
  const [ca, token] = await Promise.all([readText(caFile), readText(tokenFile)])
  if (typeof ca !== 'string') return failed(`the CA file ${caFile} cannot be read (${ca.code})`)
  if (typeof token !== 'string') return failed(`the token file ${tokenFile} cannot be read (${token.code})`)
  if (!ca.includes('-----BEGIN CERTIFICATE-----')) return failed(`the CA file ${caFile} holds no certificate`)
  // It goes into a header: anything else would be told by an error that quotes it.
  if (!/^[\x21-\x7e]+$/.test(token.trim())) return failed(`the token file ${tokenFile} holds no token`)
  return { kind: 'read', ca, token: token.trim() }
}

async function readText(path: string): Promise<string | { readonly code: string }> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    return { code: cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error' }
  }
}

function failed(problem: string): Extract<ConnectionEnd, { kind: 'failed' }> {
  return { kind: 'failed', problem }
}

function openPool(url: string, ca: string): Pool {
  return new Pool(new URL(url).origin, {
    // One for the stream, one for reports.
    connections: 2,
    pipelining: 1,
    allowH2: false,
    // The session above watches the silence of the stream; reports carry limits of their own.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    maxHeaderSize: maxHeaderBytes,
    connect: { ca, minVersion: 'TLSv1.3', rejectUnauthorized: true, timeout: connectTimeoutMs },
  })
}

/** A refusal may quote what was sent. */
function withoutToken(end: ConnectionEnd, token: string): ConnectionEnd {
  return end.kind === 'refused' ? { ...end, reason: end.reason.replaceAll(token, '[redacted]') } : end
}
