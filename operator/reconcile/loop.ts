// The loop: changes become keys, keys become decisions, decisions go out to pods and, on the leader, into statuses.
import { type FleetReport, fleetReport } from '../status/fleet-report.ts'
import type { ClusterReaders } from './gather.ts'
import { KnownResources } from './known-resources.ts'
import { NamespaceDesk } from './namespace-desk.ts'
import { PodEvents } from './pod-events.ts'
import type {
  Cancel,
  Clock,
  EventRecorder,
  FleetView,
  Leadership,
  Publisher,
  SecretReader,
  StatusWriter,
} from './ports.ts'
import { SecretStates, secretPatienceMs } from './secret-states.ts'
import { clusterKey, StatusDesk } from './status-desk.ts'
import { StatusUpdates } from './status-updates.ts'
import { watchChanges } from './watch-changes.ts'
import { type WorkFailure, WorkQueue } from './work-queue.ts'

export interface ReconcilerParts {
  readonly readers: ClusterReaders
  readonly secrets: SecretReader
  readonly fleet: FleetView
  readonly publisher: Publisher
  readonly statusWriter: StatusWriter
  readonly events: EventRecorder
  readonly leadership: Leadership
  readonly clock: Clock
  /** From 0 up to but not including 1. */
  readonly random: () => number
  readonly operatorNamespace: string
  /** A run or a write failed and will be tried again. */
  readonly onFailure: (failure: ReconcileFailure) => void
}

export interface ReconcileFailure extends WorkFailure {
  /** `decide`: the key is a namespace. `account`: a namespace, or empty for cluster kinds. `write`: `Kind/namespace/name`. */
  readonly work: 'decide' | 'account' | 'write'
}

export interface ReconcilerStats {
  readonly namespaces: number
  /** Keys that wait or run. */
  readonly queued: number
  /** Since the start. */
  readonly compilations: number
  readonly publications: number
  readonly statusWrites: number
}

export interface Reconciler {
  /** Nothing is published before every reader has synced. */
  start(): void
  stop(): void
  /** True once every namespace has been decided for the first time. */
  hasSynced(): boolean
  /** Every pod, what it ought to run and how it stands. */
  report(): FleetReport
  stats(): ReconcilerStats
}

export function createReconciler(parts: ReconcilerParts): Reconciler {
  return new Loop(parts)
}

const syncCheckMs = 20
const secretRefreshMs = 10

class Loop implements Reconciler {
  readonly #parts: ReconcilerParts
  readonly #known = new KnownResources()
  readonly #secrets: SecretStates
  readonly #namespaces: NamespaceDesk
  readonly #statuses: StatusDesk
  readonly #updates: StatusUpdates
  readonly #podEvents: PodEvents
  readonly #decisions: WorkQueue
  readonly #accounts: WorkQueue
  readonly #cancels: Cancel[] = []
  #secretRefresh: Cancel | undefined
  #syncCheck: Cancel | undefined
  /** Namespaces of the first pass that have not been decided yet; absent before it began. */
  #firstPass: Set<string> | undefined

  constructor(parts: ReconcilerParts) {
    const { readers, clock, random, publisher, operatorNamespace, onFailure } = parts
    this.#parts = parts
    this.#secrets = new SecretStates(parts.secrets, clock)
    const shared = { readers, known: this.#known, secrets: this.#secrets, operatorNamespace }
    this.#namespaces = new NamespaceDesk({ ...shared, publisher })
    this.#updates = new StatusUpdates({
      ...parts,
      writer: parts.statusWriter,
      onFailure: failure => onFailure({ ...failure, work: 'write' }),
    })
    this.#podEvents = new PodEvents({ ...parts, pods: readers.pods })
    const { decisions } = this.#namespaces
    this.#statuses = new StatusDesk({ ...shared, fleet: parts.fleet, decisions, updates: this.#updates })
    this.#decisions = new WorkQueue({
      clock,
      random,
      run: key => this.#decide(key),
      onFailure: failure => {
        // One namespace that cannot be decided must not keep the others waiting for this replica.
        this.#firstPass?.delete(failure.key)
        onFailure({ ...failure, work: 'decide' })
      },
    })
    this.#accounts = new WorkQueue({
      clock,
      random,
      run: key => this.#account(key),
      onFailure: failure => onFailure({ ...failure, work: 'account' }),
      limits: { quietMs: 50, longestMs: 500 },
    })
  }

  start(): void {
    const { readers, secrets, fleet, leadership } = this.#parts
    this.#cancels.push(
      watchChanges(readers, this.#known, {
        decide: namespace => this.#decideLater(namespace),
        decideAll: () => this.#decideAll(),
        account: namespace => this.#accountLater(namespace),
        forget: resource => this.#updates.forget(resource),
      }),
      this.#podEvents.start(),
      secrets.onChange(secret => this.#onSecret(secret)),
      fleet.onChange(namespace => this.#accountLater(namespace)),
      leadership.onChange(isLeader => (isLeader ? this.#accountAll() : this.#resign())),
    )
    this.#updates.warmUp()
    this.#beginWhenSynced()
  }

  stop(): void {
    for (const cancel of this.#cancels.splice(0)) cancel()
    this.#secretRefresh?.()
    this.#syncCheck?.()
    this.#decisions.stop()
    this.#accounts.stop()
    this.#updates.stop()
  }

  hasSynced(): boolean {
    return this.#firstPass?.size === 0
  }

  report(): FleetReport {
    const pods = [...this.#namespaces.decisions.values()].flatMap(({ placed }) => placed)
    return fleetReport(pods, uid => this.#parts.fleet.find(uid))
  }

  stats(): ReconcilerStats {
    return {
      namespaces: this.#namespaces.decisions.size,
      queued: this.#decisions.size + this.#accounts.size,
      compilations: this.#namespaces.compilations,
      publications: this.#namespaces.publications,
      statusWrites: this.#updates.written,
    }
  }

  /** Readers do not tell when an empty collection has been read, so they are asked. */
  #beginWhenSynced(): void {
    const { readers, clock } = this.#parts
    const isSynced = Object.values(readers).every(reader => reader.hasSynced())
    if (!isSynced) {
      this.#syncCheck = clock.schedule(syncCheckMs, () => this.#beginWhenSynced())
      return
    }
    this.#firstPass = new Set([...readers.namespaces.list()].map(({ name }) => name))
    for (const name of this.#firstPass) this.#decisions.addAfter(name, 0)
  }

  #decideLater(namespace: string): void {
    if (this.#firstPass !== undefined) this.#decisions.add(namespace)
  }

  #decideAll(): void {
    for (const { name } of this.#parts.readers.namespaces.list()) this.#decideLater(name)
    this.#accountLater(clusterKey)
  }

  #accountLater(key: string): void {
    if (this.#firstPass !== undefined && this.#parts.leadership.isLeader()) this.#accounts.add(key)
  }

  #accountAll(): void {
    this.#updates.warmUp()
    for (const name of this.#namespaces.decisions.keys()) this.#accountLater(name)
    this.#accountLater(clusterKey)
  }

  #resign(): void {
    this.#updates.forgetAll()
    this.#statuses.forgetAll()
  }

  #onSecret(secret: string): void {
    for (const namespace of this.#namespaces.namespacesAsking(secret)) this.#decideLater(namespace)
    this.#accountLater(clusterKey)
  }

  #decide(namespace: string): void {
    const outcome = this.#namespaces.run(namespace)
    if (outcome === 'waiting') this.#decisions.addAfter(namespace, secretPatienceMs)
    this.#firstPass?.delete(namespace)
    this.#refreshSecrets()
    this.#accountLater(namespace)
  }

  #account(key: string): void {
    if (!this.#parts.leadership.isLeader()) return
    if (key === clusterKey) return this.#statuses.runCluster()
    this.#statuses.runNamespace(key)
    this.#podEvents.tellWithheld(this.#namespaces.decisions.get(key)?.placed ?? [])
    this.#accountLater(clusterKey)
  }

  /** Once for many decisions. */
  #refreshSecrets(): void {
    this.#secretRefresh ??= this.#parts.clock.schedule(secretRefreshMs, () => {
      this.#secretRefresh = undefined
      this.#secrets.watch(this.#namespaces.wantedSecrets())
    })
  }
}
