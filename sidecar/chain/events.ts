// The walk tells what happens; telemetry listens and decides nothing.
import type { FailureKind, TelemetryReason } from '../../crds/vocabulary.ts'
import type { Finish } from '../dialect/completion.ts'
import type { AttemptCost, SkipReason, TrailEntry } from './outcome.ts'

export type ChainEvent =
  | AttemptStarted
  | AttemptEnded
  | StepSkipped
  | StepEntered
  | RetrySuppressed
  | BreakerChanged
  | CacheAsked
  | FirstContent
  | RequestEnded

export type ChainListener = (event: ChainEvent) => void

/** Names from configuration only, so that they may become metric labels. */
export interface TargetName {
  readonly step: string
  readonly hop: number
  readonly provider: string
  readonly model: string
  readonly region?: string
}

export interface AttemptStarted {
  readonly kind: 'attemptStarted'
  readonly requestId: string
  readonly policy: string
  readonly route: string
  readonly target: TargetName
  readonly retry: number
}

export interface AttemptEnded {
  readonly kind: 'attemptEnded'
  readonly requestId: string
  readonly policy: string
  readonly route: string
  readonly target: TargetName
  readonly retry: number
  readonly milliseconds: number
  readonly result: 'ok' | 'error' | 'cancelled'
  readonly failure?: FailureKind
  readonly status?: number
  /** Sending to first content. */
  readonly firstContentMs?: number
  readonly cost: AttemptCost
  readonly promptSent: 'none' | 'partial' | 'full'
  readonly bytesSent: number
  readonly bytesReceived: number
  readonly malformedEvents: number
}

export interface StepSkipped {
  readonly kind: 'stepSkipped'
  readonly requestId: string
  readonly policy: string
  readonly route: string
  readonly step: string
  readonly hop: number
  readonly reason: SkipReason
  readonly detail: string
}

/** The walk moved on to a later step: an edge of the chain. */
export interface StepEntered {
  readonly kind: 'stepEntered'
  readonly requestId: string
  readonly policy: string
  readonly route: string
  readonly strategy: string
  readonly reason: TelemetryReason
  readonly from: string
  readonly to: string
}

export interface RetrySuppressed {
  readonly kind: 'retrySuppressed'
  readonly policy: string
  readonly cause: 'budget' | 'deadline' | 'attempts'
}

export interface BreakerChanged {
  readonly kind: 'breakerChanged'
  /** `provider/model`. */
  readonly target: string
  readonly from: BreakerStateName
  readonly to: BreakerStateName
  readonly cause?: FailureKind
}
export type BreakerStateName = 'closed' | 'open' | 'probing'

export interface CacheAsked {
  readonly kind: 'cacheAsked'
  readonly policy: string
  readonly result: 'hit' | 'miss'
}

export interface FirstContent {
  readonly kind: 'firstContent'
  readonly policy: string
  readonly path: AnswerPath
  readonly milliseconds: number
}

export type AnswerPath = 'primary' | 'fallback' | 'cache' | 'manual'

/** The whole story of a request; also of a refused, cancelled or unmatched one. */
export interface RequestEnded {
  readonly kind: 'requestEnded'
  readonly requestId: string
  /** The caller's `x-request-id`, kept apart from ours. */
  readonly callerRequestId?: string
  /** Wall time at arrival, milliseconds since 1970. */
  readonly startedAt: number
  readonly milliseconds: number
  readonly format: string
  readonly operation: string
  /** The model that the caller asked for: audit only, never a label. */
  readonly requestedModel?: string
  readonly stream: boolean
  readonly requestBytes: number
  readonly tenant?: { readonly value: string; readonly source: 'header' | 'policy' }
  /** `namespace/name`, `name@generation` and route; absent when nothing matched. */
  readonly policy?: {
    readonly name: string
    readonly identity: string
    readonly route: string
    readonly strategy: string
  }
  readonly outcome: 'success' | 'error' | 'exhausted' | 'denied' | 'cancelled'
  /** HTTP status that the caller saw; 0 when it had gone. */
  readonly status: number
  readonly path?: AnswerPath
  readonly served?: {
    readonly step: string
    readonly provider?: string
    readonly model?: string
    readonly hop: number
  }
  readonly reason?: TelemetryReason
  /** In Observe mode: the step that would have been next. */
  readonly would?: string
  /** Rejection or failure code when nothing served. */
  readonly code?: string
  readonly finish?: Finish
  readonly trail: readonly TrailEntry[]
  readonly attempts: readonly AttemptEnded[]
  readonly drops: readonly string[]
  readonly cache?: { readonly result: 'hit' | 'miss'; readonly ageSeconds?: number }
  /** End of the first failed attempt to first byte of the answer that was used. */
  readonly recoveryMs?: number
  /** Time in this process: all but waiting for providers and sleeping. */
  readonly overheadMs?: number
}
