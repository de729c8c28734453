// One of several replicas may write. The algorithm is that of client-go: a Lease is renewed well before its time is over, and
// taken from another only after it was seen unchanged, on our own clock, for as long as it is good for.
import type { Cancel, Clock, Leadership } from '../reconcile/ports.ts'
import type { ApiClient } from './api-client.ts'
import { hasStatus } from './api-error.ts'
import {
  heldLease,
  type LeaseName,
  type LeaseRecord,
  leaseCollection,
  leasePath,
  pulseOf,
  readLease,
  releasedLease,
} from './lease-record.ts'
import type { ClusterRoleOwnership } from './ownership.ts'
import { wait } from './wait.ts'

export interface LeaseOptions {
  readonly client: ApiClient
  readonly clock: Clock
  readonly random: () => number
  readonly lease: LeaseName
  /** Of this replica, unlike any other's. */
  readonly identity: string
  /** Asked when the Lease is made or changes hands; a renewal waits for nobody. */
  readonly ownership: Pick<ClusterRoleOwnership, 'claim' | 'refused'>
  /** Told when the Lease could be neither read nor written. */
  readonly onFailure: (error: unknown) => void
}

const durationMs = 15_000
/** Without a renewal this long the leader stops; the rest of the duration is the margin before another may begin. */
const renewDeadlineMs = 10_000
const retryMs = 2_000
const jitterFactor = 1.2
/** Short enough that a slow answer leaves time for a second try. */
const requestTimeoutMs = 4_000

export class LeaseElector implements Leadership {
  readonly #options: LeaseOptions
  readonly #stopping = new AbortController()
  readonly #listeners = new Set<(isLeader: boolean) => void>()
  #running: Promise<void> = Promise.resolve()
  /** When the last renewal that succeeded was sent: the Lease is ours for the deadline from then on. */
  #renewedAt: number | undefined
  #toldLeader = false
  #cancelEnd: Cancel = () => undefined
  /** What the Lease said last, and when that was new to us. */
  #observed: { readonly pulse: string; readonly at: number } | undefined

  constructor(options: LeaseOptions) {
    this.#options = options
  }

  /** Asks the clock, so that a process that slept knows that it leads no longer. */
  isLeader(): boolean {
    if (this.#renewedAt === undefined || this.#stopping.signal.aborted) return false
    return this.#options.clock.now() - this.#renewedAt < renewDeadlineMs
  }

  onChange(listener: (isLeader: boolean) => void): Cancel {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  start(): void {
    this.#running = this.#run(this.#stopping.signal)
  }

  /** Stops leading, then lets go of the Lease so that another replica can begin at once. */
  async stop(): Promise<void> {
    const wasLeader = this.isLeader()
    this.#stopping.abort(new Error('stopped'))
    this.#cancelEnd()
    this.#tell()
    await this.#running
    if (wasLeader) await this.#release()
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, random, onFailure } = this.#options
    while (!signal.aborted) {
      try {
        await this.#takeOrRenew(signal)
      } catch (error) {
        if (!signal.aborted) onFailure(error)
      }
      await wait(clock, this.isLeader() ? retryMs : retryMs * (1 + random() * jitterFactor), signal)
    }
  }

  async #takeOrRenew(signal: AbortSignal): Promise<void> {
    const { clock, lease, identity } = this.#options
    const before = await this.#read(signal)
    if (before !== undefined && !this.#mayTake(before)) {
      // Another has it, whatever we thought: its clock may run ahead of ours.
      if (before.holder !== '' && before.holder !== identity) this.#lose()
      return
    }
    const sentAt = clock.now()
    const held = heldLease(lease, before, { holder: identity, durationMs, wallTime: clock.wallTime() })
    const object = before?.holder === identity ? held : await this.#own(held, before)
    try {
      const written = readLease(await this.#write(before, object, signal))
      this.#observed = { pulse: pulseOf(written), at: clock.now() }
    } catch (error) {
      // Another was quicker; what it wrote is read at the next turn.
      if (hasStatus(error, 409)) return
      // Perhaps its owner may not be changed: the next turn leaves it alone.
      if (hasStatus(error, 403)) this.#options.ownership.refused()
      throw error
    }
    this.#lead(sentAt)
  }

  #mayTake(record: LeaseRecord): boolean {
    const now = this.#options.clock.now()
    const pulse = pulseOf(record)
    if (this.#observed?.pulse !== pulse) this.#observed = { pulse, at: now }
    if (record.holder === '' || record.holder === this.#options.identity) return true
    return now - this.#observed.at >= (record.durationMs > 0 ? record.durationMs : durationMs)
  }

  async #read(signal: AbortSignal): Promise<LeaseRecord | undefined> {
    const { client, lease } = this.#options
    try {
      const path = leasePath(lease)
      return readLease(await client.send({ method: 'GET', path, timeoutMs: requestTimeoutMs, signal }))
    } catch (error) {
      if (hasStatus(error, 404)) return undefined
      throw error
    }
  }

  #own(held: object, before: LeaseRecord | undefined): Promise<object> {
    const stored = before && { metadata: { ownerReferences: before.ownerReferences } }
    return this.#options.ownership.claim(held, stored)
  }

  #write(before: LeaseRecord | undefined, body: unknown, signal?: AbortSignal): Promise<unknown> {
    const { client, lease } = this.#options
    return client.send({
      ...(before === undefined
        ? { method: 'POST', path: leaseCollection(lease) }
        : { method: 'PUT', path: leasePath(lease) }),
      body,
      timeoutMs: requestTimeoutMs,
      ...(signal === undefined ? {} : { signal }),
    })
  }

  async #release(): Promise<void> {
    const { clock, lease, identity, onFailure } = this.#options
    try {
      const record = await this.#read(new AbortController().signal)
      if (record?.holder !== identity) return
      await this.#write(record, releasedLease(lease, record, clock.wallTime()))
    } catch (error) {
      // It ends by itself then.
      onFailure(error)
    }
  }

  #lead(since: number): void {
    if (this.#stopping.signal.aborted) return
    const { clock } = this.#options
    this.#renewedAt = since
    this.#cancelEnd()
    this.#cancelEnd = clock.schedule(since + renewDeadlineMs - clock.now(), () => this.#tell())
    this.#tell()
  }

  #lose(): void {
    this.#renewedAt = undefined
    this.#cancelEnd()
    this.#tell()
  }

  #tell(): void {
    const isLeader = this.isLeader()
    if (isLeader === this.#toldLeader) return
    this.#toldLeader = isLeader
    for (const listener of [...this.#listeners]) listener(isLeader)
  }
}
