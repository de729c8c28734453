// What the server needs of the policy room: a way in for requests, and a view for people.
import type { AnswerPath } from '../chain/events.ts'
import type { Outcome } from '../chain/outcome.ts'
import type { CachedAnswer, CallerRequest } from '../chain/ports.ts'

/** A caller's request as far as the door decoded it: everything but what only a match can tell. */
export interface PolicyDoor {
  /** Reads the policy holder once; the session keeps that snapshot until the request has ended. */
  match(request: CallerRequest): MatchResult
  /** Names that routes match literally and the models that they may serve, sorted, without duplicates. */
  listModels(): readonly ListedModel[]
  /** Ready once a snapshot is live; the text also tells why the latest change was refused. */
  readiness(): { readonly isReady: boolean; readonly text: string }
  /** What is live, without secrets. */
  describePolicy(): unknown
  describeBreakers(): unknown
}

export interface ListedModel {
  readonly id: string
  /** Provider name, or `llm-fallback` for a name that only a route knows. */
  readonly ownedBy: string
}

export type MatchResult =
  | { readonly kind: 'matched'; readonly session: WalkSession }
  | { readonly kind: 'noRoute' }
  /** No snapshot is live yet. */
  | { readonly kind: 'notReady' }

/** One request under one route of one snapshot. */
export interface WalkSession {
  /** `name@generation`. */
  readonly policyIdentity: string
  readonly route: string
  readonly keepAliveMs: number
  /** Runs the chain. Never rejects for a failure; a rejection is a bug of ours. Call once. */
  walk(): Promise<Outcome>
  /** In Observe mode, after the walk: the step that would have been next. */
  would(): string | undefined
  /** A cache step or `cacheFirst` was asked: what it said, after the walk. */
  cacheState(): { readonly result: 'hit' | 'miss'; readonly ageSeconds?: number } | undefined
  /** A cache of this route wants the answer. Asked after the walk and before the reply is written. */
  wantsAnswer(): boolean
  /** Hands a complete, unfiltered answer in the caller's dialect to the cache. */
  storeAnswer(body: CachedAnswer['body']): void
  /** First byte of the answer has been written to the caller. */
  firstByteWritten(): void
  /** The response is over, in whatever way: tells telemetry the whole story. Call exactly once. */
  finish(end: SessionEnd): void
}

export interface SessionEnd {
  readonly outcome: 'success' | 'error' | 'exhausted' | 'denied' | 'cancelled'
  /** HTTP status that the caller saw, 0 when it had gone before the status line. */
  readonly status: number
  readonly path?: AnswerPath
  readonly code?: string
}
