// How a walk ends, and the trail that it leaves.
import type { FailureKind, TelemetryReason } from '../../crds/vocabulary.ts'
import type { CompletionReply, Usage } from '../dialect/completion.ts'
import type { EmbeddingReply } from '../dialect/embeddings.ts'
import type { Failure, ProviderAnswer } from '../failure/failure.ts'
import type { AnswerOrigin, CachedAnswer, StreamUnit, UpstreamAnswer } from './ports.ts'

export type Outcome =
  | {
      readonly kind: 'served'
      readonly step: ServedStep
      readonly reply: Reply
      readonly trail: readonly TrailEntry[]
    }
  | { readonly kind: 'exhausted'; readonly verdict: ExhaustedVerdict; readonly trail: readonly TrailEntry[] }
  /** The caller left; nobody reads an answer. */
  | { readonly kind: 'abandoned'; readonly trail: readonly TrailEntry[] }

export interface ServedStep {
  readonly name: string
  readonly hop: number
  readonly kind: 'target' | 'cache' | 'manual'
  /** Absent for a manual step. */
  readonly origin?: AnswerOrigin
  /** Why the walk left the step before; absent at hop 0. */
  readonly reason?: TelemetryReason
  readonly drops: readonly string[]
}

/** What the caller is told when nothing served: the most useful failure, and whether waiting helps. */
export interface ExhaustedVerdict {
  readonly failure: Failure
  readonly status: number
  /** Whole seconds, when waiting helps. */
  readonly retryAfterSeconds?: number
  /** False goes out as `x-should-retry: false`: asking again cannot help. */
  readonly mayRetry: boolean
  /** Present when the caller is to get the provider's own answer as it is (the failed request was in its dialect). */
  readonly verbatim?: ProviderAnswer
}

export type TrailEntry =
  | {
      readonly kind: 'attempt'
      readonly step: string
      readonly hop: number
      /** 0 for the first try of a target, 1, 2 … when it is asked again. */
      readonly retry: number
      readonly milliseconds: number
      readonly failure?: { readonly kind: FailureKind; readonly status?: number }
    }
  | { readonly kind: 'skip'; readonly step: string; readonly hop: number; readonly reason: SkipReason }
  /** A cache or manual step that answered. */
  | { readonly kind: 'floor'; readonly step: string; readonly hop: number }

/** A failure kind, or one of the walk's own limits, or a cache without a fresh answer. */
export type SkipReason = FailureKind | 'AttemptsExhausted' | 'CacheMiss'

export type Reply =
  | WholeReply
  | StreamReply
  | { readonly kind: 'stored'; readonly answer: CachedAnswer; readonly ageSeconds: number }
  | { readonly kind: 'manual'; readonly text: string; readonly status: 200 | 503 }

export interface WholeReply {
  readonly kind: 'whole'
  /** The provider's bytes, when it speaks the caller's format. */
  readonly native?: UpstreamAnswer
  /** Absent for answers that are not completions (token counts, embeddings). */
  readonly completion?: CompletionReply
  readonly embedding?: EmbeddingReply
}

/** A committed stream. Units that came before the commit are delivered first. */
export interface StreamReply {
  readonly kind: 'stream'
  readonly isNative: boolean
  readonly headers: Readonly<Record<string, string>>
  /** Starts the flow. Call once. */
  relay(consumer: StreamConsumer): void
  /** Backpressure: the client reads more slowly than the provider writes. */
  pause(): void
  resume(): void
}

export interface StreamConsumer {
  unit(unit: StreamUnit): void
  /** After the units of one upstream chunk: the moment to write. */
  flush(): void
  end(end: StreamEnd): void
}

export type StreamEnd =
  | { readonly kind: 'complete' }
  /** After commit nothing falls back: the caller gets the dialect's error event and no clean end. */
  | { readonly kind: 'broken'; readonly failure: Failure }
  | { readonly kind: 'abandoned' }

/** Tokens and money of one attempt, as far as known. */
export interface AttemptCost {
  readonly usage?: Partial<Usage>
  /** US dollars; absent when the model has no price. */
  readonly usd?: number
  /** The provider said nothing, so tokens are estimated from bytes. */
  readonly isEstimated: boolean
}
