// What the other rooms tell when somebody scrapes.
import type { BreakerStateName } from '../chain/events.ts'

/** What is read when somebody scrapes. */
export interface MetricSources {
  inflightRequests(): number
  /** `target`: `provider/model`, possibly several times; `ratio`: 0 … 1. */
  retryBudgets(): Iterable<{ readonly target: string; readonly ratio: number }>
  /** Every breaker of the live snapshot; a target may have several. */
  breakers(): Iterable<{ readonly target: string; readonly state: BreakerStateName }>
  cache(): { readonly entries: number; readonly bytes: number }
  audit(): AuditTotals
  /** Absent when policy does not come from an operator. */
  readonly operator?: () => OperatorFigures
}

export interface OperatorFigures {
  readonly isConnected: boolean
  /** Since the operator was last heard, or since the start. */
  readonly secondsSinceContact: number
  /** Since the live snapshot went live in this pod; absent: none is. */
  readonly snapshotAgeSeconds?: number
  /** Streams that ended, and connects that failed, since the start, by cause. */
  readonly ends: Readonly<Record<string, number>>
}

/** Running totals since the start. */
export interface AuditTotals {
  readonly written: number
  readonly spooled: number
  readonly failed: number
  readonly dropped: number
  readonly spoolBytes: number
}
