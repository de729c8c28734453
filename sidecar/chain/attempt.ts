// One wire call to one target, from sending to a committed answer or a failure. One engine for streams and whole answers.
import type { Usage } from '../dialect/completion.ts'
import type { EmbeddingReply } from '../dialect/embeddings.ts'
import type { Failure, ProviderAnswer } from '../failure/failure.ts'
import { AttemptRecord } from './attempt-record.ts'
import { collectAnswer, collectRefusal } from './collect-body.ts'
import { CommitGate } from './commit-gate.ts'
import { Lifeline } from './lifeline.ts'
import type { Reply, TrailEntry } from './outcome.ts'
import type { PreparedCall, ProviderResult } from './ports.ts'
import { refusalFailure } from './refusal.ts'
import type { Settlement } from './settlement.ts'
import type { Walk } from './step.ts'
import type { Target } from './target.ts'

export interface AttemptInput {
  readonly walk: Walk
  readonly target: Target
  readonly call: PreparedCall
  readonly retry: number
  readonly settlement: Settlement
}

export type AttemptResult =
  | { readonly kind: 'served'; readonly reply: Reply; readonly entry: TrailEntry }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly entry: TrailEntry }
  | { readonly kind: 'abandoned'; readonly entry: TrailEntry }

type Answered = Extract<ProviderResult, { kind: 'answered' }>

/** From here on a status is a failure, whatever the body says. */
const firstFailureStatus = 300

export async function runAttempt(input: AttemptInput): Promise<AttemptResult> {
  const { walk, target, call } = input
  const lifeline = new Lifeline(walk.request.signal, walk.clock)
  const record = new AttemptRecord({ walk, target, retry: input.retry, bytesSent: call.body.length })
  setFirstLimits(lifeline, input)
  const result = await target.parts.sender.send(
    {
      provider: target.parts.provider,
      path: call.path,
      headers: call.headers,
      body: call.body,
      connectTimeoutMs: target.step.timeout.connectMs,
      ...(walk.request.credential && { callerCredential: walk.request.credential }),
    },
    lifeline.signal,
  )
  const attempt: RunningAttempt = { ...input, lifeline, record }
  if (result.kind === 'failed') return conclude(attempt, result.failure)
  if (walk.request.stream && result.status === 200 && isStream(result, call))
    return openStream(attempt, result)
  return result.status < firstFailureStatus ? readWhole(attempt, result) : readRefusal(attempt, result)
}

interface RunningAttempt extends AttemptInput {
  readonly lifeline: Lifeline
  readonly record: AttemptRecord
}

/** `firstToken` bounds a stream, `total` a whole answer; either is cut to what is left of the deadline. */
function setFirstLimits(lifeline: Lifeline, input: AttemptInput): void {
  const { timeout } = input.target.step
  const own = input.walk.request.stream ? timeout.firstTokenMs : timeout.totalMs
  const left = Math.max(0, input.walk.deadline.remaining())
  if (left < own) lifeline.limit('deadline', left)
  else lifeline.limit(input.walk.request.stream ? 'firstToken' : 'total', own)
}

function isStream(answer: Answered, call: PreparedCall): boolean {
  return (answer.headers['content-type'] ?? '').startsWith(call.streamType)
}

// ── Whole answers ──────────────────────────────────────────────────────────────────────────────────────────────────

async function readWhole(attempt: RunningAttempt, head: Answered): Promise<AttemptResult> {
  const body = await collectAnswer(head.body, attempt)
  if (!Buffer.isBuffer(body)) return conclude(attempt, body)
  const answer = { status: head.status, headers: head.headers, body }
  const verdict = attempt.call.readWhole(answer)
  if (verdict.kind === 'failed') {
    if (verdict.usage) attempt.record.usageIs(verdict.usage)
    return conclude(attempt, withAnswer(verdict.failure, attempt.call, answer))
  }
  const { completion, embedding } = verdict
  const usage = completion?.usage ?? embeddingUsage(embedding)
  if (usage !== undefined) attempt.record.usageIs(usage)
  const refusal = completion && refusalFailure(completion)
  if (refusal !== undefined && mayLeaveOnRefusal(attempt)) {
    return conclude(attempt, withAnswer(refusal, attempt.call, answer))
  }
  const entry = attempt.record.trailEntry()
  attempt.lifeline.release()
  attempt.settlement.succeeded(attempt.record.end('ok', { status: head.status }))
  const native = attempt.call.isNative ? { native: answer } : {}
  const reply = {
    kind: 'whole',
    ...native,
    ...(completion && { completion }),
    ...(embedding && { embedding }),
  } as const
  return { kind: 'served', reply, entry }
}

async function readRefusal(attempt: RunningAttempt, head: Answered): Promise<AttemptResult> {
  const { lifeline, record, call, walk } = attempt
  const body = await collectRefusal(head.body, { lifeline, record, clock: walk.clock })
  const answer = { status: head.status, headers: head.headers, body: body ?? Buffer.alloc(0) }
  const verdict = call.readWhole(answer)
  if (verdict.kind !== 'failed') throw new Error(`status ${head.status} was read as a success`)
  if (body !== undefined) return conclude(attempt, withAnswer(verdict.failure, call, answer))
  // The caller gets the failure in our words: the provider's are not all there.
  const { answer: _none, ...failure } = verdict.failure
  return conclude(attempt, failure)
}

/** Vectors are written without a token. */
function embeddingUsage(embedding: EmbeddingReply | undefined): Usage | undefined {
  const input = embedding?.inputTokens
  return input === undefined ? undefined : { input, output: 0 }
}

/** Refusals are never routed around by accident: only a step ahead that lists them lets one leave this target. */
function mayLeaveOnRefusal({ walk, target }: AttemptInput): boolean {
  return walk.ahead.anyTakes(target.step.hop, 'GuardrailBlocked')
}

/** Keeps the provider's own answer when the caller speaks its dialect. What a bad key is told stays here. */
function withAnswer(
  failure: Failure,
  call: PreparedCall,
  answer: { status: number; headers: Readonly<Record<string, string>>; body: Buffer },
): Failure {
  const { answer: _unused, ...rest } = failure
  if (!call.isNative || failure.kind === 'AuthFailed') return rest
  const kept: ProviderAnswer = {
    status: answer.status,
    contentType: answer.headers['content-type'] ?? 'application/json',
    body: answer.body,
  }
  return { ...rest, answer: kept }
}

// ── Streams ────────────────────────────────────────────────────────────────────────────────────────────────────────

async function openStream(attempt: RunningAttempt, head: Answered): Promise<AttemptResult> {
  const gate = new CommitGate({
    body: head.body,
    headers: head.headers,
    reader: attempt.call.readStream(),
    isNative: attempt.call.isNative,
    mayLeaveOnRefusal: mayLeaveOnRefusal(attempt),
    idleMs: attempt.target.step.timeout.idleMs,
    clock: attempt.walk.clock,
    lifeline: attempt.lifeline,
    record: attempt.record,
    settlement: attempt.settlement,
  })
  const opening = await gate.open()
  if (opening.kind === 'failed') return conclude(attempt, opening.failure, opening.malformedEvents)
  return { kind: 'served', reply: opening.reply, entry: attempt.record.trailEntry() }
}

// ── Endings ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A cut attempt fails for the reason of its cut, whatever the broken wire said about it. */
function conclude(attempt: RunningAttempt, seen: Failure, malformedEvents = 0): AttemptResult {
  const { lifeline, record, settlement } = attempt
  lifeline.release()
  if (lifeline.callerHasGone && lifeline.expired === undefined) {
    settlement.abandoned(record.end('cancelled', { wire: seen, malformedEvents }))
    return { kind: 'abandoned', entry: record.trailEntry() }
  }
  const failure = lifeline.expired ?? seen
  settlement.failed(failure, record.end('error', { failure, wire: seen, malformedEvents }))
  return { kind: 'failed', failure, entry: record.trailEntry(failure) }
}
