// The streams of other replicas, as their summaries say. A summary that is not renewed is of a replica that is gone: it is
// ignored, and the leader clears it away.
import type {
  Cancel,
  Clock,
  FleetSummaryObject,
  FleetView,
  Leadership,
  ObjectClient,
  Reader,
  SidecarState,
} from '../reconcile/ports.ts'
import type { ReportPushEvent } from './push-events.ts'
import { readSummaryObject, summaryPath } from './summary-object.ts'
import { decodePart } from './summary-parts.ts'

export interface RemoteFleetParts {
  readonly clock: Clock
  readonly summaries: Reader<FleetSummaryObject>
  readonly objects: ObjectClient
  readonly leadership: Leadership
  readonly replica: string
  readonly namespace: string
  readonly staleMs: number
  readonly report: ReportPushEvent
}

/** By UID of the pod. */
type States = ReadonlyMap<string, SidecarState>

interface Summary {
  /** What was read last; compared, so that only another content counts as a sign of life. */
  readonly object: FleetSummaryObject
  /** On our own clock: those of other machines may be wrong. */
  readonly changedAt: number
  states: States
  /** Set once it went stale: when it may be tried to remove it. */
  removableAt?: number
}

const nobody: States = new Map()

export class RemoteFleet implements FleetView {
  readonly #parts: RemoteFleetParts
  readonly #summaries = new Map<string, Summary>()
  readonly #listeners = new Set<(namespace: string) => void>()

  constructor(parts: RemoteFleetParts) {
    this.#parts = parts
  }

  start(): Cancel {
    const { summaries } = this.#parts
    for (const object of summaries.list()) this.#take(object)
    return summaries.onChange(({ before, after }) => {
      if (after !== undefined) this.#take(after)
      else if (before !== undefined) this.#drop(before.name)
    })
  }

  find(podUid: string): SidecarState | undefined {
    let newest: SidecarState | undefined
    for (const { states } of this.#summaries.values()) {
      const state = states.get(podUid)
      if (state !== undefined && state.connectedAt > (newest?.connectedAt ?? -Infinity)) newest = state
    }
    return newest
  }

  *list(): Iterable<SidecarState> {
    for (const { states } of this.#summaries.values()) {
      for (const state of states.values()) if (this.find(state.uid) === state) yield state
    }
  }

  onChange(listener: (namespace: string) => void): Cancel {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** To be called about every second. */
  sweep(): void {
    const now = this.#parts.clock.now()
    for (const [name, summary] of this.#summaries) {
      if (now - summary.changedAt < this.#parts.staleMs) continue
      this.#replace(summary, nobody)
      if (!this.#parts.leadership.isLeader() || now < (summary.removableAt ?? 0)) continue
      summary.removableAt = now + this.#parts.staleMs
      void this.#clearAway(name)
    }
  }

  #take(object: FleetSummaryObject): void {
    const part = readSummaryObject(object)
    const before = this.#summaries.get(object.name)
    if (part?.replica === this.#parts.replica || isSame(before?.object, object)) return
    const summary: Summary = {
      object,
      changedAt: this.#parts.clock.now(),
      states: before?.states ?? nobody,
    }
    this.#summaries.set(object.name, summary)
    if (part === undefined) return this.#complain(object.name, 'it is not a summary')
    decodePart(part.content).then(
      states => {
        // A newer one may have overtaken it, or it may be gone by now.
        if (this.#summaries.get(object.name) !== summary) return
        this.#replace(summary, new Map(states.map(state => [state.uid, state])))
      },
      () => this.#complain(object.name, 'its content cannot be decoded'),
    )
  }

  #drop(name: string): void {
    const summary = this.#summaries.get(name)
    if (summary === undefined) return
    this.#summaries.delete(name)
    this.#replace(summary, nobody)
  }

  /** Tells of the namespaces in which the two differ. */
  #replace(summary: Summary, states: States): void {
    const before = describeNamespaces(summary.states)
    const after = describeNamespaces(states)
    summary.states = states
    for (const namespace of new Set([...before.keys(), ...after.keys()])) {
      if (before.get(namespace) === after.get(namespace)) continue
      for (const listener of this.#listeners) listener(namespace)
    }
  }

  async #clearAway(name: string): Promise<void> {
    const { objects, namespace, report } = this.#parts
    try {
      await objects.remove(summaryPath(namespace, name))
      report({ kind: 'summaryRemoved', name })
    } catch (error) {
      report({ kind: 'summaryNotRemoved', name, error })
    }
  }

  #complain(name: string, problem: string): void {
    this.#parts.report({ kind: 'summaryUnreadable', name, problem })
  }
}

function isSame(one: FleetSummaryObject | undefined, other: FleetSummaryObject): boolean {
  if (one === undefined) return false
  const keys = Object.keys(other.data)
  return keys.length === Object.keys(one.data).length && keys.every(key => one.data[key] === other.data[key])
}

function describeNamespaces(states: States): ReadonlyMap<string, string> {
  const texts = new Map<string, string[]>()
  for (const state of states.values()) {
    const own = texts.get(state.namespace) ?? []
    texts.set(state.namespace, own)
    own.push(JSON.stringify(state))
  }
  return new Map([...texts].map(([namespace, own]) => [namespace, own.sort().join('\n')]))
}
