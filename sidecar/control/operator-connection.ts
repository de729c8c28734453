// One connection to the operator on the wire: one request, whose answer comes down while its body goes up. Decides nothing.
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { Pool } from 'undici'
import { controlHeaders, controlPaths, controlProtocol } from '../../crds/snapshot/control-frames.ts'
import { errorCode } from '../error-code.ts'
import type {
  Connect,
  ConnectionEnd,
  ConnectionListener,
  ConnectRequest,
  OperatorConnection,
} from './connection-port.ts'
import { explainConnectError } from './explain-connect-error.ts'
import { StreamHandler } from './wire-handlers.ts'

export interface OperatorAddress {
  /** An `https:` URL without a trailing slash. */
  readonly url: string
  /** Certificates in PEM; nothing else is trusted. Read again for each connection, as the token is. */
  readonly caFile: string
  readonly tokenFile: string
}

const connectTimeoutMs = 10_000
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
  readonly #lines: Readable
  #listener: ConnectionListener | undefined
  #pool: Pool | undefined
  #hasRoom = false

  constructor(address: OperatorAddress, version: string, listener: ConnectionListener) {
    this.#address = address
    this.#version = version
    this.#listener = listener
    this.#prefix = new URL(address.url).pathname.replace(/\/+$/, '')
    this.#lines = new Readable({ highWaterMark: 1, read: () => this.#makeRoom() })
    // What breaks the wire is told by the answer as well.
    this.#lines.on('error', () => undefined)
    // The head of a request goes out with the first bytes of its body: an empty line.
    this.#lines.push('\n')
  }

  async open({ live }: ConnectRequest): Promise<void> {
    const material = await readMaterial(this.#address)
    if (this.#listener === undefined) return
    if (material.kind === 'failed') return this.#end(material)
    try {
      this.#pool = openPool(this.#address.url, material.ca)
      const headers = {
        ...this.#headers(material.token),
        ...(live !== undefined && { [controlHeaders.live]: live }),
      }
      this.#pool.dispatch(
        { method: 'POST', path: `${this.#prefix}${controlPaths.stream}`, headers, body: this.#lines },
        new StreamHandler({
          data: chunk => this.#listener?.data(chunk),
          ended: end => this.#end(withoutToken(end, material.token)),
        }),
      )
    } catch (cause) {
      this.#end({ kind: 'failed', problem: explainConnectError(cause) })
    }
  }

  write(line: string): boolean {
    if (!this.#hasRoom) return false
    this.#hasRoom = false
    this.#lines.push(line)
    return true
  }

  close(): void {
    this.#listener = undefined
    this.#hasRoom = false
    // What it was doing fails, and nobody listens any more.
    void this.#pool?.destroy().catch(() => undefined)
    this.#lines.destroy()
  }

  /** The socket has taken the line before. */
  #makeRoom(): void {
    this.#hasRoom = true
    this.#listener?.hasRoom()
  }

  #end(end: ConnectionEnd): void {
    const listener = this.#listener
    this.close()
    listener?.ended(end)
  }

  #headers(token: string): Record<string, string> {
    return {
      authorization: `Bearer ${token}`,
      'content-type': 'application/x-ndjson',
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
    return { code: errorCode(cause) }
  }
}

function failed(problem: string): Extract<ConnectionEnd, { kind: 'failed' }> {
  return { kind: 'failed', problem }
}

function openPool(url: string, ca: string): Pool {
  return new Pool(new URL(url).origin, {
    connections: 1,
    pipelining: 1,
    allowH2: false,
    // The session above watches the silence of the stream.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: maxHeaderBytes,
    connect: { ca, minVersion: 'TLSv1.3', rejectUnauthorized: true, timeout: connectTimeoutMs },
  })
}

/** A refusal may quote what was sent. */
function withoutToken(end: ConnectionEnd, token: string): ConnectionEnd {
  return end.kind === 'refused' ? { ...end, reason: end.reason.replaceAll(token, '[redacted]') } : end
}
