// A matched request on its way to an answer: who asks, in what dialect, and the one end that telemetry is told.
import type { CallerRequest } from '../chain/ports.ts'
import type { CallerError, Dialect } from '../dialect/dialect.ts'
import type { SessionEnd, WalkSession } from '../policy/ports.ts'
import type { Clock } from '../resilience/clock.ts'
import { EventStream } from './event-stream.ts'
import type { Exchange } from './exchange.ts'
import { type HeaderRecord, requestHeaders } from './response-headers.ts'
import { answerBytes, errorBytes } from './send-bytes.ts'

export interface ReplyParts {
  readonly exchange: Exchange
  readonly dialect: Dialect
  readonly caller: CallerRequest
  readonly session: WalkSession
  /** The caller of a stream asked to see its usage. */
  readonly wantsUsage: boolean
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
  #lastWord: SessionEnd | undefined
  #isFinished = false

  constructor(parts: ReplyParts) {
    const { exchange, dialect, caller, session, context } = parts
    this.parts = parts
    this.headers = requestHeaders(exchange.id, session)
    if (caller.stream) {
      this.stream = new EventStream({
        response: exchange.response,
        clock: context.clock,
        writeStallMs: context.writeStallMs,
        earlyHeaders: this.headers,
        keepAliveMs: dialect.acceptsComments ? session.keepAliveMs : undefined,
        onStall: () => exchange.abort(),
      })
    }
    exchange.onFarewell(() => this.#sayFarewell())
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
    if (!this.parts.exchange.response.writableEnded) this.parts.exchange.response.destroy()
    this.finish({ outcome: 'cancelled', status: this.statusSeen })
  }

  /** Writes an error as an answer of its own, or as the error event of a stream that has begun. */
  sendError(error: CallerError, headers: HeaderRecord): void {
    const { exchange, dialect } = this.parts
    if (this.stream?.isOpen) {
      const { id } = exchange
      const encoder = dialect.encodeStream({ id, model: '', created: 0, includeUsage: false })
      // No terminal marker after it: a client must not take this for a good end.
      this.stream.end(encoder.encodeError(error))
      return
    }
    this.stream?.release()
    this.sendBytes(error.status, errorBytes(dialect, error), headers)
  }

  sendBytes(status: number, body: Buffer, headers: HeaderRecord): void {
    const { exchange, context } = this.parts
    answerBytes(exchange.response, { status, body, headers: { ...this.headers, ...headers }, context })
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
