// What the walk needs of the rooms around it. It owns these shapes; dialect, provider and cache implement them.
import type {
  CompiledPolicy,
  CompiledProvider,
  CompiledRoute,
  CompiledTargetStep,
} from '../../crds/snapshot/policy-snapshot.ts'
import type { Operation } from '../../crds/vocabulary.ts'
import type { CompletionReply, RequestFacts, StreamPart, Usage } from '../dialect/completion.ts'
import type { EmbeddingReply } from '../dialect/embeddings.ts'
import type { Confidential } from '../failure/confidential.ts'
import type { Failure } from '../failure/failure.ts'
import type { CancelSignal } from '../resilience/cancellation.ts'

// ── The caller's side ──────────────────────────────────────────────────────────────────────────────────────────────

/** A decoded request on its way through the house. Every attempt is built from it, never from an earlier attempt's body. */
export interface CallerRequest {
  readonly id: string
  /** The caller's wire format, e.g. `openai-chat`. */
  readonly format: string
  readonly operation: Operation
  readonly endpoint: 'completion' | 'countTokens' | 'embeddings'
  /** The model that the caller named: compared with `match.models`. */
  readonly model: string
  readonly stream: boolean
  readonly facts: RequestFacts
  readonly bodyBytes: number
  /** Header values by lower-case name, for `match.headers`; never logged. */
  header(name: string): string | undefined
  /** `x-llm-fallback: off`. */
  readonly fallbackOff: boolean
  /** `x-llm-fallback-deadline`, in milliseconds. */
  readonly deadlineMs?: number
  /** The caller's own key, for providers that say `credentials: {caller: {}}`. */
  readonly credential?: Confidential
  /** Aborts when the caller has gone. */
  readonly signal: CancelSignal
  /** Translates for one target. */
  prepare(
    provider: CompiledProvider,
    step: Pick<CompiledTargetStep, 'model' | 'maxOutputTokens' | 'facts'>,
  ): Preparation
  /** Canonical digest of what determines the answer (stream or not left out); computed once. */
  contentDigest(): string
}

export type Preparation =
  | { readonly kind: 'ready'; readonly call: PreparedCall }
  /** The provider has no such operation, or its wire format cannot be produced from this request. */
  | { readonly kind: 'impossible'; readonly detail: string }
  /** The request is not valid in its own dialect. `rejection` is for the caller when nobody has been asked yet. */
  | { readonly kind: 'malformed'; readonly rejection: Error }

export interface PreparedCall {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** The caller's own parameter names that this target will not see. */
  readonly drops: readonly string[]
  /** The provider speaks the caller's format: bytes pass through. */
  readonly isNative: boolean
  /** Judges a complete answer of any status. */
  readWhole(answer: UpstreamAnswer): WholeVerdict
  /** What the content type of a 200 begins with when it is the stream that was asked for. */
  readonly streamType: string
  /** A reader for the stream of a 200. */
  readStream(): StreamReader
}

export interface UpstreamAnswer {
  readonly status: number
  readonly headers: UpstreamHeaders
  readonly body: Buffer
}

export type WholeVerdict =
  | {
      readonly kind: 'reply'
      /** Undefined for an answer that is no completion. */
      readonly completion: CompletionReply | undefined
      readonly embedding?: EmbeddingReply
    }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly usage?: Usage }

/** Turns upstream bytes into events and parts, whatever the chunk borders. */
export interface StreamReader {
  /** Calls `unit` for each event, in order. Malformed events are skipped and counted. */
  push(chunk: Buffer, unit: UnitConsumer): void
  /** Flushes what the last chunk left; true when nothing half-read remains. */
  finish(unit: UnitConsumer): void
  readonly malformedEvents: number
  /** Set when the stream breaks its bounds (an event too large): nothing more will be read. */
  readonly overflow?: Failure
}

export type UnitConsumer = (unit: StreamUnit) => void

/** One upstream event: as it came, and what it means. */
export interface StreamUnit {
  readonly event?: string
  readonly data: string
  readonly parts: readonly StreamPart[]
  /** The bytes to pass on to a caller of the same format, where they are not `event:` and `data:` lines. */
  readonly raw?: Uint8Array
}

// ── The provider's side ────────────────────────────────────────────────────────────────────────────────────────────

export interface ProviderPort {
  /** One wire call. Never rejects: whatever goes wrong before the status line is a failure. Aborting the signal destroys the call. */
  send(call: ProviderCall, signal: CancelSignal): Promise<ProviderResult>
  /** Undefined when the credential can be had; else why not (`AuthFailed`, unsent). */
  missingCredential(provider: CompiledProvider): Failure | undefined
  /** Resolves when a credential that is missing and on its way has come, or has had its time; undefined: none is. */
  credentialArrival(provider: CompiledProvider): Promise<void> | undefined
}

export interface ProviderCall {
  readonly provider: CompiledProvider
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly connectTimeoutMs: number
  readonly callerCredential?: Confidential
}

/** Lower-case names; a repeated header is joined with a comma. */
export type UpstreamHeaders = Readonly<Record<string, string>>

export type ProviderResult =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly headers: UpstreamHeaders
      readonly body: UpstreamBody
    }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** Exactly one consumer; nothing flows before `consume`. */
export interface UpstreamBody {
  consume(consumer: BodyConsumer): void
  pause(): void
  resume(): void
  /** Destroys the connection when the body has not ended. Safe to call twice. */
  abort(): void
}

export interface BodyConsumer {
  data(chunk: Buffer): void
  /** The body ended as its framing promised. */
  end(): void
  /** It broke off or went past a bound. Called at most once, never after `end`; not called after `abort`. */
  error(failure: Failure): void
}

// ── Cache ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** An answer in its caller's dialect, with where it came from. */
export interface CachedAnswer {
  readonly body:
    | { readonly kind: 'whole'; readonly bytes: Buffer }
    | { readonly kind: 'stream'; readonly text: string }
  readonly origin: AnswerOrigin
  /** `Clock.now()` at the time it was complete. */
  readonly storedAt: number
}

/** Who made an answer. */
export interface AnswerOrigin {
  readonly provider: string
  readonly model: string
}

export interface CachePort {
  /** A fresh enough answer, or undefined. */
  find(key: string, maxAgeMs: number): CachedAnswer | undefined
  store(key: string, answer: CachedAnswer): void
}

/** Where a walk happens: read once from the policy holder, kept until the request has ended. */
export interface WalkScope {
  readonly policy: CompiledPolicy
  readonly route: CompiledRoute
  readonly tenant?: string
}
