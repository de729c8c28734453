// Connections to providers: one pool for each origin, trust and connect timeout, few enough to count.
import { Pool } from 'undici'
import type { CompiledProvider } from '../../crds/snapshot/policy-snapshot.ts'
import { guardedLookup, type Resolve } from './guarded-lookup.ts'

/** Pools that are kept; the one unused for longest is closed for a new one. */
const maxPools = 200
const connectionsPerPool = 256
/** Just under what common servers allow, so that it is us who close an idle connection. */
const keepAliveMs = 4000
const maxKeepAliveMs = 60_000
const maxHeaderBytes = 32 * 1024

export class Pools {
  readonly #pools = new Map<string, Pool>()
  readonly #resolve: Resolve

  constructor(resolve: Resolve) {
    this.#resolve = resolve
  }

  for(provider: CompiledProvider, connectTimeoutMs: number): Pool {
    const key = poolKey(provider, connectTimeoutMs)
    const known = this.#pools.get(key)
    if (known !== undefined) return known
    this.#makeRoom()
    const pool = this.#open(provider, connectTimeoutMs)
    this.#pools.set(key, pool)
    return pool
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()]
    this.#pools.clear()
    await Promise.all(pools.map(pool => pool.destroy()))
  }

  #open(provider: CompiledProvider, connectTimeoutMs: number): Pool {
    const { tls } = provider
    return new Pool(new URL(provider.endpoint).origin, {
      connections: connectionsPerPool,
      pipelining: 1,
      allowH2: false,
      // The chain owns every timer of an attempt; undici's own would only be a second opinion.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: maxKeepAliveMs,
      maxHeaderSize: maxHeaderBytes,
      connect: {
        timeout: connectTimeoutMs,
        lookup: guardedLookup(this.#resolve),
        minVersion: 'TLSv1.2',
        rejectUnauthorized: true,
        ...(tls?.caBundle !== undefined && { ca: tls.caBundle }),
        ...(tls?.serverName !== undefined && { servername: tls.serverName }),
      },
    })
  }

  #makeRoom(): void {
    const [oldest] = this.#pools.entries()
    if (this.#pools.size < maxPools || oldest === undefined) return
    this.#pools.delete(oldest[0])
    void oldest[1].close()
  }
}

function poolKey(provider: CompiledProvider, connectTimeoutMs: number): string {
  return `${provider.key} ${provider.endpoint} ${connectTimeoutMs} ${provider.tls?.serverName ?? ''} ${provider.tls?.caBundle ?? ''}`
}
