// Keeps the operator's certificates good: reads the authorities every few seconds, rotates them as the leader, and makes this
// replica's own leaf. Everything is judged by wall time at each pass, so that a machine that slept catches up by itself.
import type { Cancel, Clock, Leadership, ObjectClient, Ownership } from '../reconcile/ports.ts'
import { type AuthoritySet, bundleOf, type RotationStep, type RotationTiming } from './authority-set.ts'
import { type AuthorityStore, createAuthorityStore } from './authority-store.ts'
import type { CertificateEvent, ReportCertificateEvent } from './certificate-events.ts'
import { issueLeaf, type Leaf } from './issue-leaf.ts'
import { createListeners } from './listeners.ts'
import {
  createAuthorities,
  type Rotation,
  type RotationResult,
  rotateAuthorities,
} from './rotate-authorities.ts'

export interface CertificateTiming extends RotationTiming {
  /** Time between two looks at the Secret. */
  readonly pollMs: number
  /** The same while there is no certificate yet. */
  readonly eagerPollMs: number
}

/** A mounted ConfigMap may be two minutes old, and a sidecar reads it when it connects. */
export const defaultTiming: CertificateTiming = { pollMs: 10_000, eagerPollMs: 500, overlapMs: 15 * 60_000 }

export interface CertificateParts {
  readonly objects: ObjectClient
  readonly ownership: Ownership
  readonly leadership: Leadership
  readonly clock: Clock
  /** The operator's own. */
  readonly namespace: string
  /** DNS names and IP addresses by which this replica is reached: see `serverHosts`. */
  readonly hosts: readonly string[]
  readonly report: ReportCertificateEvent
  readonly timing?: Partial<CertificateTiming>
}

export interface Certificates {
  /**
   * Begins. Resolves once there is a leaf, for which some replica has to be the leader; rejects only when stopped before. An
   * API server that is away is waited for.
   */
  start(): Promise<void>
  stop(): void
  readonly leaf: {
    /** @throws Error before `start` has resolved. */
    current(): Leaf
    onChange(listener: () => void): Cancel
  }
  /** PEM of all authorities that are trusted now; empty before the first pass. */
  bundle(): string
  onBundleChange(listener: () => void): Cancel
  /** Of this replica's leaf, which never outlives its authority; 0 when there is none. */
  secondsUntilExpiry(): number
}

export function createCertificates(parts: CertificateParts): Certificates {
  const keeper = new CertificateKeeper(parts)
  return {
    start: () => keeper.start(),
    stop: () => keeper.stop(),
    leaf: { current: () => keeper.current(), onChange: listener => keeper.leafChanges.add(listener) },
    bundle: () => keeper.bundle,
    onBundleChange: listener => keeper.bundleChanges.add(listener),
    secondsUntilExpiry: () => keeper.secondsUntilExpiry(),
  }
}

const eventOfStep: Readonly<Record<Exclude<RotationStep, 'none'> | 'create', CertificateEvent>> = {
  create: { kind: 'authorityCreated' },
  stage: { kind: 'rotationBegun' },
  promote: { kind: 'rotationCompleted' },
  dropPrevious: { kind: 'previousDropped' },
}

class CertificateKeeper {
  readonly leafChanges = createListeners()
  readonly bundleChanges = createListeners()
  bundle = ''
  readonly #parts: CertificateParts
  readonly #timing: CertificateTiming
  readonly #store: AuthorityStore
  readonly #first = Promise.withResolvers<void>()
  #authorities: AuthoritySet | undefined
  #leaf: Leaf | undefined
  /** The broken Secret that was told of: once is enough. */
  #toldBroken: string | undefined
  #isPassing = false
  #isStopped = false
  #cancelTimer: Cancel = () => undefined
  #cancelLeadership: Cancel = () => undefined

  constructor(parts: CertificateParts) {
    this.#parts = parts
    this.#timing = { ...defaultTiming, ...parts.timing }
    this.#store = createAuthorityStore(parts)
    // Nobody may be waiting when it is stopped.
    this.#first.promise.catch(() => undefined)
  }

  start(): Promise<void> {
    this.#cancelLeadership = this.#parts.leadership.onChange(() => this.#begin())
    this.#begin()
    return this.#first.promise
  }

  stop(): void {
    this.#isStopped = true
    this.#cancelTimer()
    this.#cancelLeadership()
    this.#first.reject(new Error('stopped before there was a certificate'))
  }

  current(): Leaf {
    if (this.#leaf === undefined) throw new Error('there is no certificate yet: start() has not resolved')
    return this.#leaf
  }

  secondsUntilExpiry(): number {
    if (this.#leaf === undefined) return 0
    return Math.max(0, (this.#leaf.notAfter - this.#parts.clock.wallTime()) / 1000)
  }

  #begin(): void {
    if (this.#isPassing || this.#isStopped) return
    this.#isPassing = true
    this.#cancelTimer()
    void this.#pass()
      .catch((error: unknown) => this.#parts.report({ kind: 'passFailed', error }))
      .finally(() => {
        this.#isPassing = false
        if (this.#isStopped) return
        const { pollMs, eagerPollMs } = this.#timing
        const waitMs = this.#leaf === undefined ? eagerPollMs : pollMs
        this.#cancelTimer = this.#parts.clock.schedule(waitMs, () => this.#begin())
      })
  }

  async #pass(): Promise<void> {
    try {
      const result = await this.#settle()
      if (result.kind === 'set') this.#adopt(result.set)
    } finally {
      // Also when the Secret cannot be read: the authority in memory is as good as before.
      if (!this.#isStopped) await this.#renewLeaf()
    }
  }

  async #settle(): Promise<RotationResult> {
    const reading = await this.#store.read()
    if (reading.kind === 'broken') {
      this.#tellBroken(reading)
      return { kind: 'lost' }
    }
    this.#toldBroken = undefined
    const isLeader = this.#parts.leadership.isLeader()
    if (reading.kind === 'missing') {
      return isLeader ? createAuthorities(this.#authorities, this.#rotation()) : { kind: 'lost' }
    }
    return isLeader ? rotateAuthorities(reading, this.#rotation()) : { kind: 'set', set: reading.set }
  }

  #rotation(): Rotation {
    return {
      store: this.#store,
      timing: this.#timing,
      now: this.#parts.clock.wallTime(),
      onStep: step => this.#parts.report(eventOfStep[step]),
    }
  }

  #tellBroken({ problem, resourceVersion }: { readonly problem: string; readonly resourceVersion: string }) {
    if (this.#toldBroken === resourceVersion) return
    this.#toldBroken = resourceVersion
    const cure = 'put the keys right, or delete the Secret: the leader makes a new one'
    this.#parts.report({ kind: 'secretBroken', problem, cure })
  }

  #adopt(set: AuthoritySet): void {
    this.#authorities = set
    const bundle = bundleOf(set)
    if (bundle === this.bundle) return
    this.bundle = bundle
    this.bundleChanges.tell()
  }

  async #renewLeaf(): Promise<void> {
    const authority = this.#authorities?.current
    if (authority === undefined) return
    const { clock, hosts, report } = this.#parts
    const now = clock.wallTime()
    const isGood = this.#leaf?.authority === authority.fingerprint && now < this.#leaf.renewAt
    // Nothing good can be made of an expired authority; the leader replaces it.
    if (isGood || now >= authority.notAfter) return
    this.#leaf = await issueLeaf(authority, { hosts, now })
    report({ kind: 'leafIssued', notAfter: this.#leaf.notAfter })
    this.#first.resolve()
    this.leafChanges.tell()
  }
}
