// What is known of the operator and of the live snapshot's age: for `/readyz`, for metrics, decided by nobody here.
import type { Clock } from '../resilience/clock.ts'

/** Why a stream ended or did not begin. */
export type StreamEndCause = 'farewell' | 'refused' | 'unreachable' | 'silent' | 'broken'
export const streamEndCauses: readonly StreamEndCause[] = [
  'farewell',
  'refused',
  'unreachable',
  'silent',
  'broken',
]

export interface OperatorFigures {
  readonly isConnected: boolean
  /** Since the operator was last heard, or since the start. */
  readonly secondsSinceContact: number
  /** Since the live snapshot was first live in this pod; absent: none is. */
  readonly snapshotAgeSeconds?: number
  /** Running totals. */
  readonly ends: Readonly<Record<StreamEndCause, number>>
}

type Link =
  | { readonly kind: 'connected'; readonly since: number }
  /** `since`: when it was last heard, or when this sidecar started. */
  | { readonly kind: 'apart'; readonly since: number; readonly problem?: string }

interface Origin {
  readonly from: 'operator' | 'state'
  readonly since: number
}

export class OperatorContact {
  readonly #clock: Clock
  readonly #ends: Record<StreamEndCause, number> = {
    farewell: 0,
    refused: 0,
    unreachable: 0,
    silent: 0,
    broken: 0,
  }
  #link: Link
  readonly #startedAt: number
  #heardAt: number | undefined
  #origin: Origin | undefined

  constructor(clock: Clock) {
    this.#clock = clock
    this.#startedAt = clock.wallTime()
    this.#link = { kind: 'apart', since: this.#startedAt }
  }

  connected(): void {
    this.#link = { kind: 'connected', since: this.#clock.wallTime() }
    this.heard()
  }

  heard(): void {
    this.#heardAt = this.#clock.wallTime()
  }

  lost(cause: StreamEndCause, problem: string): void {
    this.#ends[cause] += 1
    const isPlanned = cause === 'farewell'
    const since = this.#link.kind === 'apart' ? this.#link.since : (this.#heardAt ?? this.#link.since)
    this.#link = { kind: 'apart', since, ...(!isPlanned && { problem }) }
  }

  /** The operator handed over the snapshot that is live now, or named it again. */
  confirmed(): void {
    this.#origin = { from: 'operator', since: this.#origin?.since ?? this.#clock.wallTime() }
  }

  /** A new snapshot went live. */
  replaced(): void {
    this.#origin = { from: 'operator', since: this.#clock.wallTime() }
  }

  /** The snapshot of an earlier run went live. */
  startedFrom(savedAt: number): void {
    this.#origin = { from: 'state', since: savedAt }
  }

  /** Lines for people. */
  describe(): string {
    return [describeLink(this.#link), ...describeOrigin(this.#origin, this.#link)].join('\n')
  }

  figures(): OperatorFigures {
    const now = this.#clock.wallTime()
    return {
      isConnected: this.#link.kind === 'connected',
      secondsSinceContact: secondsBetween(this.#heardAt ?? this.#startedAt, now),
      ...(this.#origin !== undefined && { snapshotAgeSeconds: secondsBetween(this.#origin.since, now) }),
      ends: { ...this.#ends },
    }
  }
}

function describeLink(link: Link): string {
  const since = timeOf(link.since)
  if (link.kind === 'connected') return `source: operator, connected since ${since}`
  if (link.problem === undefined) return `source: operator, connecting since ${since}`
  return `source: operator, unreachable since ${since}: ${link.problem}`
}

/** Where it was kept stops to matter once there is an operator who could replace it. */
function describeOrigin(origin: Origin | undefined, link: Link): readonly string[] {
  if (origin === undefined) return []
  const isOld = origin.from === 'state' && link.kind === 'apart'
  return [`snapshot: ${isOld ? 'kept from an earlier run, ' : ''}live since ${timeOf(origin.since)}`]
}

function secondsBetween(from: number, to: number): number {
  return Math.max(0, to - from) / 1000
}

function timeOf(wallTime: number): string {
  return new Date(wallTime).toISOString()
}
