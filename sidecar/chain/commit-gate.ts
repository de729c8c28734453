// Holds a stream back until its first content, and relays it from then on. Nothing falls back after commit: that rule
// lives here and nowhere else. Before it a bad stream is a failure like any other; after it the caller is told honestly.
import type { StreamPart } from '../dialect/completion.ts'
import type { Failure } from '../failure/failure.ts'
import type { Cancel, Clock } from '../resilience/clock.ts'
import type { AttemptRecord } from './attempt-record.ts'
import { isContent, isHollow, mostHeld } from './commit-rules.ts'
import { IdleWatch } from './idle-watch.ts'
import type { Lifeline } from './lifeline.ts'
import type { StreamConsumer, StreamEnd, StreamReply } from './outcome.ts'
import type { BodyConsumer, StreamReader, StreamUnit, UpstreamBody, UpstreamHeaders } from './ports.ts'
import { refusalInPart } from './refusal.ts'
import type { Settlement } from './settlement.ts'

export interface CommitGateParts {
  readonly body: UpstreamBody
  readonly headers: UpstreamHeaders
  readonly reader: StreamReader
  readonly isNative: boolean
  /** A later step lists GuardrailBlocked, so a refusal before any content is a failure. */
  readonly mayLeaveOnRefusal: boolean
  readonly idleMs: number
  readonly clock: Clock
  readonly lifeline: Lifeline
  readonly record: AttemptRecord
  readonly settlement: Settlement
}

export type Opening =
  | { readonly kind: 'committed'; readonly reply: StreamReply }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly malformedEvents: number }

/** How long a body may stay open after its terminal marker before its connection is given up. */
const lingerMs = 1000

type State = 'held' | 'committed' | 'over'

export class CommitGate implements BodyConsumer, StreamReply {
  readonly kind = 'stream'
  readonly #parts: CommitGateParts
  readonly #held: StreamUnit[] = []
  #state: State = 'held'
  #settle: (opening: Opening) => void = () => undefined
  #consumer: StreamConsumer | undefined
  #end: StreamEnd | undefined
  #hasFinish = false
  #hasContent = false
  #cancelLinger: Cancel | undefined
  readonly #idle: IdleWatch

  constructor(parts: CommitGateParts) {
    this.#parts = parts
    this.#idle = new IdleWatch(parts.clock, parts.idleMs, () => parts.lifeline.expire('idle'))
  }

  get isNative(): boolean {
    return this.#parts.isNative
  }

  get headers(): UpstreamHeaders {
    return this.#parts.headers
  }

  /** Resolves at the first content, or when the stream fails before it. */
  open(): Promise<Opening> {
    return new Promise(resolve => {
      this.#settle = resolve
      this.#parts.lifeline.onCut(() => this.#cutShort())
      this.#parts.body.consume(this)
    })
  }

  // ── From the provider ────────────────────────────────────────────────────────────────────────────────────────────

  data(chunk: Buffer): void {
    this.#parts.record.received(chunk.length)
    if (this.#state === 'over') return
    this.#idle.stirred()
    this.#parts.reader.push(chunk, this.#takeUnit)
    const { overflow } = this.#parts.reader
    if (overflow !== undefined) this.#broke(overflow)
    this.#consumer?.flush()
  }

  end(): void {
    if (this.#state === 'over') return this.#letGo()
    this.#parts.reader.finish(this.#takeUnit)
    if (this.#isOver()) return this.#letGo()
    // Without a terminal marker a stream is whole if it said why it finished and its body ended cleanly.
    if (this.#hasFinish) return this.#complete()
    this.#broke({
      kind: 'InvalidResponse',
      detail: 'the stream ended without a finish reason or a terminal marker',
    })
  }

  error(failure: Failure): void {
    if (this.#state === 'over') return this.#letGo()
    this.#broke(failure)
  }

  readonly #takeUnit = (unit: StreamUnit): void => {
    if (this.#state === 'over') return
    for (const part of unit.parts) {
      if (part.kind === 'error') return this.#broke(part.failure)
      if (part.kind === 'end') return this.#reachedMarker(unit)
      if (part.kind === 'finish') this.#hasFinish = true
      if (this.#state === 'held' && !this.#passesGate(part)) return
      this.#parts.record.partPassed(part)
    }
    this.#deliver(unit)
  }

  /** Looks at a part while nothing has been shown; false when it ended the attempt. */
  #passesGate(part: StreamPart): boolean {
    const refusal = this.#hasContent || !this.#parts.mayLeaveOnRefusal ? undefined : refusalInPart(part)
    if (refusal !== undefined) {
      this.#broke(refusal)
      return false
    }
    // Reasoning alone answers nobody.
    if (part.kind === 'finish' && isHollow(part)) {
      this.#broke({ kind: 'InvalidResponse', detail: 'the answer is empty' })
      return false
    }
    if (!isContent(part)) return true
    this.#sawContent()
    // Reasoning reaches only a caller of the same dialect; for others nothing has been shown yet.
    if (part.kind !== 'reasoning' || this.#parts.isNative) this.#commit()
    return true
  }

  #reachedMarker(unit: StreamUnit): void {
    if (!this.#hasContent && !this.#hasFinish)
      return this.#broke({ kind: 'InvalidResponse', detail: 'the answer is empty' })
    this.#deliver(unit)
    this.#complete()
  }

  #deliver(unit: StreamUnit): void {
    if (this.#consumer !== undefined) return this.#consumer.unit(unit)
    const limit = this.#hasContent ? mostHeld.reasoning : mostHeld.preamble
    if (this.#held.push(unit) > limit && this.#state === 'held') {
      this.#broke({ kind: 'InvalidResponse', detail: 'the stream has a preamble without end' })
    }
  }

  #sawContent(): void {
    if (this.#hasContent) return
    this.#hasContent = true
    this.#parts.record.firstContent()
    this.#parts.lifeline.liftLimits()
    this.#idle.start()
  }

  #commit(): void {
    if (this.#state !== 'held') return
    this.#state = 'committed'
    this.#parts.settlement.begun()
    this.#settle({ kind: 'committed', reply: this })
  }

  // ── Endings ──────────────────────────────────────────────────────────────────────────────────────────────────────

  #complete(): void {
    this.#commit()
    this.#state = 'over'
    const malformedEvents = this.#parts.reader.malformedEvents
    this.#parts.settlement.succeeded(this.#parts.record.end('ok', { status: 200, malformedEvents }))
    this.#idle.stop()
    this.#parts.lifeline.liftLimits()
    // A provider that keeps the body open after its marker may not keep the connection for ever.
    this.#cancelLinger = this.#parts.clock.schedule(lingerMs, () => {
      this.#parts.body.abort()
      this.#letGo()
    })
    this.#tellEnd({ kind: 'complete' })
  }

  #broke(failure: Failure): void {
    const wasHeld = this.#state === 'held'
    this.#state = 'over'
    this.#parts.body.abort()
    const malformedEvents = this.#parts.reader.malformedEvents
    if (wasHeld) {
      this.#letGo()
      return this.#settle({ kind: 'failed', failure, malformedEvents })
    }
    // Once an answer has begun, what broke it no longer matters to the walk: it is an interrupted stream.
    const interrupted: Failure = { ...failure, kind: 'StreamInterrupted' }
    const cost = this.#parts.record.end('error', { failure: interrupted, malformedEvents })
    this.#parts.settlement.failed(interrupted, cost)
    this.#letGo()
    this.#tellEnd({ kind: 'broken', failure: interrupted })
  }

  /** The lifeline was cut: a limit ran out, or the caller has gone. */
  #cutShort(): void {
    if (this.#state === 'over') return
    const { lifeline } = this.#parts
    if (this.#state === 'held' || lifeline.expired !== undefined) {
      return this.#broke(lifeline.expired ?? { kind: 'ConnectError', detail: 'the caller has gone' })
    }
    this.#state = 'over'
    this.#parts.body.abort()
    const malformedEvents = this.#parts.reader.malformedEvents
    this.#parts.settlement.abandoned(this.#parts.record.end('cancelled', { malformedEvents }))
    this.#letGo()
    this.#tellEnd({ kind: 'abandoned' })
  }

  #letGo(): void {
    this.#idle.stop()
    this.#cancelLinger?.()
    this.#parts.lifeline.release()
  }

  #isOver(): boolean {
    return this.#state === 'over'
  }

  // ── To the caller ────────────────────────────────────────────────────────────────────────────────────────────────

  relay(consumer: StreamConsumer): void {
    this.#consumer = consumer
    for (const unit of this.#held) consumer.unit(unit)
    this.#held.length = 0
    consumer.flush()
    if (this.#end !== undefined) consumer.end(this.#end)
  }

  pause(): void {
    this.#idle.hold()
    this.#parts.body.pause()
  }

  resume(): void {
    this.#idle.resume()
    this.#parts.body.resume()
  }

  #tellEnd(end: StreamEnd): void {
    this.#end = end
    this.#consumer?.flush()
    this.#consumer?.end(end)
  }
}
