// A matched request on its way to an answer: who asks, in what dialect, and the one end that telemetry is told.
import type { CallerRequest } from '../chain/ports.ts'
import type { CallerError, CallerFormat, Dialect, StreamEncoder } from '../dialect/dialect.ts'
import type { SessionEnd, WalkSession } from '../policy/ports.ts'
import type { Clock } from '../resilience/clock.ts'
import type { CallerVoice, CompletionVoice } from './caller-voice.ts'
import { EventStream } from './event-stream.ts'
import type { Exchange } from './exchange.ts'
import { type HeaderRecord, requestHeaders } from './response-headers.ts'
import { answerBytes, errorBytes } from './send-bytes.ts'

export interface ReplyParts {
  readonly exchange: Exchange
  readonly voice: CallerVoice
  readonly caller: CallerRequest
  readonly session: WalkSession
  readonly context: ReplyContext
}

/** What every reply needs of the program. */
export interface ReplyContext {
  readonly clock: Clock
  readonly writeStallMs: number
  mask(text: string): string
  /** Something that cannot happen has happened: for the log. */
  onBug(error: unknown): void
}

export class PendingReply {
  readonly parts: ReplyParts
  /** Headers known since the match. */
  readonly headers: HeaderRecord
  /** Present when a stream was asked: it keeps the caller company while the walk goes on. */
  readonly stream: EventStream | undefined
  /** What writes the stream that has begun, where it is not the provider's own bytes: its errors continue it. */
  encoder: StreamEncoder | undefined
  /** The provider's own bytes have begun to go out. */
  hasWritten = false
  #lastWord: SessionEnd | undefined
  #isFinished = false

  constructor(parts: ReplyParts) {
    const { exchange, voice, caller, session, context } = parts
    this.parts = parts
    this.headers = requestHeaders(exchange.id, session)
    if (caller.stream && voice.kind === 'completion') {
      const { dialect, framing } = voice
      this.stream = new EventStream({
        response: exchange.response,
        clock: context.clock,
        writeStallMs: context.writeStallMs,
        earlyHeaders: this.headers,
        framing,
        formatHeaders: dialect.habits.streamHeaders,
        keepAliveMs: framing === 'sse' && dialect.acceptsComments ? session.keepAliveMs : undefined,
        onStall: () => exchange.abort(),
      })
    }
    exchange.onFarewell(() => this.#sayFarewell())
  }

  /** The format that answers and errors are written in. */
  get format(): CallerFormat {
    return this.parts.voice.dialect
  }

  /** @throws Error for a caller who asked for no completion: none can be written for it. */
  get completion(): CompletionVoice {
    const { voice } = this.parts
    if (voice.kind !== 'completion') throw new Error('nobody asked for a completion')
    return voice
  }

  get dialect(): Dialect {
    return this.completion.dialect
  }

  /** The caller has gone, or has been told the last word: nothing more can be written. */
  get isOver(): boolean {
    const { response, signal } = this.parts.exchange
    return response.writableEnded || response.destroyed || signal.aborted
  }

  /** HTTP status that the caller saw; 0 when none was sent. */
  get statusSeen(): number {
    const { response } = this.parts.exchange
    return response.headersSent ? response.statusCode : 0
  }

  /** Tells telemetry how it ended; the first telling counts. */
  finish(end: SessionEnd): void {
    this.stream?.release()
    if (this.#isFinished) return
    this.#isFinished = true
    this.parts.session.finish(this.#lastWord ?? end)
  }

  /** The caller left before the end. */
  finishCancelled(): void {
    this.stream?.release()
    const { response } = this.parts.exchange
    // A stream whose last word is on its way ends by itself.
    if (!(this.stream?.isOver ?? response.writableEnded)) response.destroy()
    this.finish({ outcome: 'cancelled', status: this.statusSeen })
  }

  /** Writes an error as an answer of its own, or as the error event of a stream that has begun. */
  sendError(error: CallerError, headers: HeaderRecord): void {
    if (this.stream?.isOpen) {
      // No terminal marker after it: a client must not take this for a good end.
      const told = (this.encoder ?? this.#lateEncoder()).encodeError(error)
      if (this.#missesErrorEvents()) this.stream.breakBehind(told)
      else this.stream.end(told)
      return
    }
    this.stream?.release()
    const all = { ...headers, ...this.format.errorHeaders?.(error) }
    this.sendBytes(error.status, errorBytes(this.format, error), all)
  }

  sendBytes(status: number, body: Buffer, headers: HeaderRecord): void {
    const { exchange, context } = this.parts
    answerBytes(exchange.response, { status, body, headers: { ...this.headers, ...headers }, context })
  }

  #missesErrorEvents(): boolean {
    const agent = this.parts.exchange.header('user-agent') ?? ''
    return this.format.habits.missesErrorEvents?.test(agent) ?? false
  }

  #lateEncoder(): StreamEncoder {
    const { dialect, framing } = this.completion
    const { id } = this.parts.exchange
    return dialect.encodeStream({
      id,
      model: '',
      created: 0,
      includeUsage: false,
      framing,
      hasBegun: this.hasWritten,
    })
  }

  #sayFarewell(): void {
    if (this.isOver) return
    const code = 'shutting_down'
    const { exchange } = this.parts
    this.sendError(
      { status: 503, code, message: 'the sidecar is shutting down', requestId: exchange.id },
      { 'retry-after': '1' },
    )
    this.#lastWord = { outcome: 'error', status: this.statusSeen, code }
    exchange.abort()
  }
}
