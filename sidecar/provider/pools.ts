// Connections to providers: one pool for each origin, trust and connect timeout, few enough to count.
import { isIP } from 'node:net'
import { errors, Pool } from 'undici'
import { admitsAddress } from '../../crds/resources/endpoint.ts'
import type { CompiledProvider } from '../../crds/snapshot/policy-snapshot.ts'
import { connectWithin } from './connect-within.ts'
import { AddressDenied, guardedLookup, type Resolve } from './guarded-lookup.ts'

/** Pools that are kept; the one unused for longest is closed for a new one. */
const maxPools = 200
/** Calls beyond this many at once wait for a connection, and their limits run meanwhile. */
const connectionsPerPool = 1024
/** Sparse traffic is the usual kind, and a new connection costs it DNS, TCP and TLS. A server that names a shorter time is believed. */
const keepAliveMs = 30_000
const maxKeepAliveMs = 60_000
const maxHeaderBytes = 32 * 1024

interface OpenPool {
  readonly pool: Pool
  /** Grows with every use: the smallest is the one unused for longest. */
  lastUse: number
}

export class Pools {
  readonly #pools = new Map<string, OpenPool>()
  /** A key holds the whole trust bundle: it is built once for each provider of a snapshot, not once for each call. */
  readonly #byProvider = new WeakMap<CompiledProvider, Map<number, OpenPool>>()
  readonly #resolve: Resolve
  readonly #maxPools: number
  #uses = 0
  #isClosed = false

  constructor(resolve: Resolve, limit: number = maxPools) {
    this.#resolve = resolve
    this.#maxPools = limit
  }

  /**
   * @throws AddressDenied when the endpoint is written as an address that no provider may have.
   * @throws ClientClosedError after `close`.
   */
  for(provider: CompiledProvider, connectTimeoutMs: number): Pool {
    if (this.#isClosed) throw new errors.ClientClosedError()
    const known = this.#byProvider.get(provider)?.get(connectTimeoutMs)
    const open = known === undefined || known.pool.closed ? this.#find(provider, connectTimeoutMs) : known
    this.#uses += 1
    open.lastUse = this.#uses
    return open.pool
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const pools = [...this.#pools.values()]
    this.#pools.clear()
    await Promise.all(pools.map(({ pool }) => pool.destroy()))
  }

  #find(provider: CompiledProvider, connectTimeoutMs: number): OpenPool {
    const key = poolKey(provider, connectTimeoutMs)
    const open = this.#pools.get(key) ?? this.#add(key, this.#open(provider, connectTimeoutMs))
    const byTimeout = this.#byProvider.get(provider) ?? new Map<number, OpenPool>()
    this.#byProvider.set(provider, byTimeout.set(connectTimeoutMs, open))
    return open
  }

  #add(key: string, pool: Pool): OpenPool {
    if (this.#pools.size >= this.#maxPools) this.#closeOldest()
    const open = { pool, lastUse: this.#uses }
    this.#pools.set(key, open)
    return open
  }

  /** Calls that run on it end in their own time. */
  #closeOldest(): void {
    let oldest: readonly [string, OpenPool] | undefined
    for (const entry of this.#pools) {
      if (oldest === undefined || entry[1].lastUse < oldest[1].lastUse) oldest = entry
    }
    if (oldest === undefined) return
    this.#pools.delete(oldest[0])
    void oldest[1].pool.close()
  }

  #open(provider: CompiledProvider, connectTimeoutMs: number): Pool {
    const { origin, hostname } = new URL(provider.endpoint)
    refuseForbiddenLiteral(hostname)
    const { tls } = provider
    return new Pool(origin, {
      connections: connectionsPerPool,
      pipelining: 1,
      allowH2: false,
      // The chain owns every timer of an attempt; undici's own would only be a second opinion.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: maxKeepAliveMs,
      maxHeaderSize: maxHeaderBytes,
      connect: connectWithin(connectTimeoutMs, {
        lookup: guardedLookup(this.#resolve),
        minVersion: 'TLSv1.2',
        rejectUnauthorized: true,
        ...(tls?.caBundle !== undefined && { ca: tls.caBundle }),
        ...(tls?.serverName !== undefined && { servername: tls.serverName }),
      }),
    })
  }
}

/** An address in place of a name is never looked up, so that the guard of look-ups does not see it. */
function refuseForbiddenLiteral(hostname: string): void {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !admitsAddress(host, host)) throw new AddressDenied()
}

function poolKey(provider: CompiledProvider, connectTimeoutMs: number): string {
  return JSON.stringify([
    provider.key,
    provider.endpoint,
    connectTimeoutMs,
    provider.tls?.serverName,
    provider.tls?.caBundle,
  ])
}
