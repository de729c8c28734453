// An API server for tests of those who write single objects: resourceVersions, conflicts, "exists", outages; no network.
import type { ObjectClient } from '../../operator/reconcile/ports.ts'
import { type JsonRecord, recordOf, textOf } from './simulated-vendors/json.ts'

export class MemoryObjects implements ObjectClient {
  /** Set: every call rejects with it. */
  outage: Error | undefined
  /** Runs before the next write is carried out: somebody else is faster. */
  beforeNextWrite: (() => Promise<unknown>) | undefined
  /** What was asked for since the beginning, such as `apply /api/v1/…`. */
  readonly writes: string[] = []
  readonly #stored = new Map<string, JsonRecord>()
  #version = 0

  async read(path: string): Promise<unknown> {
    await this.#answer()
    return structuredClone(this.#stored.get(path))
  }

  async create(collection: string, object: unknown): Promise<'created' | 'exists'> {
    const path = `${collection}/${textOf(recordOf(recordOf(object)['metadata'])['name']) ?? ''}`
    await this.#answer(`create ${path}`)
    if (this.#stored.has(path)) return 'exists'
    this.#put(path, object)
    return 'created'
  }

  async replace(path: string, object: unknown): Promise<'replaced' | 'conflict' | 'gone'> {
    await this.#answer(`replace ${path}`)
    const current = this.#stored.get(path)
    if (current === undefined) return 'gone'
    if (versionOf(current) !== versionOf(object)) return 'conflict'
    this.#put(path, object)
    return 'replaced'
  }

  async apply(path: string, object: unknown): Promise<void> {
    await this.#answer(`apply ${path}`)
    this.#put(path, object)
  }

  async remove(path: string): Promise<void> {
    await this.#answer(`remove ${path}`)
    this.#stored.delete(path)
  }

  async #answer(write?: string): Promise<void> {
    await Promise.resolve()
    if (this.outage !== undefined) throw this.outage
    if (write === undefined) return
    this.writes.push(write)
    const faster = this.beforeNextWrite
    this.beforeNextWrite = undefined
    await faster?.()
  }

  #put(path: string, object: unknown): void {
    this.#version += 1
    const record = structuredClone(recordOf(object))
    const metadata = { ...recordOf(record['metadata']), resourceVersion: `${this.#version}` }
    this.#stored.set(path, { ...record, metadata })
  }
}

function versionOf(object: unknown): string | undefined {
  return textOf(recordOf(recordOf(object)['metadata'])['resourceVersion'])
}
