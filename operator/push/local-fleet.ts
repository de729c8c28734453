// The sidecars that have, or had a moment ago, a stream on this replica.
import type { TargetHealth } from '../../crds/snapshot/control-frames.ts'
import type { Cancel, Clock, FleetView, SidecarState } from '../reconcile/ports.ts'

export interface LocalFleetParts {
  readonly clock: Clock
  readonly reconnectGraceMs: number
  /** How often listeners hear of a namespace in which nothing but counts moved. */
  readonly countsEveryMs: number
}

interface Member {
  state: SidecarState
  /** Set once its stream has ended: when it leaves the fleet. */
  leavesAt?: number
}

export class LocalFleet implements FleetView {
  readonly #parts: LocalFleetParts
  readonly #members = new Map<string, Member>()
  readonly #listeners = new Set<(namespace: string) => void>()
  /** Namespaces in which counts have moved and nobody was told. */
  readonly #counted = new Set<string>()
  #countsToldAt: number

  constructor(parts: LocalFleetParts) {
    this.#parts = parts
    this.#countsToldAt = parts.clock.now()
  }

  get size(): number {
    return this.#members.size
  }

  find(podUid: string): SidecarState | undefined {
    return this.#members.get(podUid)?.state
  }

  /** Whether its stream is open, on this replica. */
  hasStream(podUid: string): boolean {
    const member = this.#members.get(podUid)
    return member !== undefined && member.leavesAt === undefined
  }

  *list(): Iterable<SidecarState> {
    for (const member of this.#members.values()) yield member.state
  }

  onChange(listener: (namespace: string) => void): Cancel {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** An open stream says so. */
  put(state: SidecarState): void {
    const before = this.#members.get(state.uid)
    this.#members.set(state.uid, { state })
    if (before === undefined || before.leavesAt !== undefined || isNews(before.state, state)) {
      this.#tell(state.namespace)
    } else {
      this.#counted.add(state.namespace)
    }
  }

  /** Its stream has ended; it may come back. */
  leave(podUid: string): void {
    const member = this.#members.get(podUid)
    if (member !== undefined) member.leavesAt ??= this.#parts.clock.now() + this.#parts.reconnectGraceMs
  }

  /** Its pod is gone. */
  remove(podUid: string): void {
    const member = this.#members.get(podUid)
    if (member === undefined) return
    this.#members.delete(podUid)
    this.#tell(member.state.namespace)
  }

  /** To be called about every second. */
  sweep(): void {
    const now = this.#parts.clock.now()
    const gone = [...this.#members].filter(([, member]) => (member.leavesAt ?? Infinity) <= now)
    for (const [uid] of gone) this.#members.delete(uid)
    for (const namespace of new Set(gone.map(([, member]) => member.state.namespace))) this.#tell(namespace)
    if (now - this.#countsToldAt < this.#parts.countsEveryMs) return
    this.#countsToldAt = now
    for (const namespace of [...this.#counted]) this.#tell(namespace)
  }

  #tell(namespace: string): void {
    this.#counted.delete(namespace)
    for (const listener of this.#listeners) listener(namespace)
  }
}

/** Anything but counts of attempts. */
function isNews(before: SidecarState, after: SidecarState): boolean {
  return (
    before.live !== after.live ||
    before.version !== after.version ||
    before.connectedAt !== after.connectedAt ||
    before.rejected?.digest !== after.rejected?.digest ||
    before.rejected?.message !== after.rejected?.message ||
    breakersOf(before.targets) !== breakersOf(after.targets)
  )
}

function breakersOf(targets: readonly TargetHealth[]): string {
  return targets.map(one => `${one.provider}\n${one.model}\n${one.breaker}`).join('\n\n')
}
