// A response that is a stream: its head, one socket write per call, comments while nothing comes, and an end to
// readers who do not read.
import type { StreamFraming } from '../dialect/dialect.ts'
import { streamTypes } from '../dialect/stream-framings.ts'
import type { Cancel, Clock } from '../resilience/clock.ts'
import type { InboundResponse } from './inbound.ts'
import type { HeaderRecord } from './response-headers.ts'

export interface EventStreamParts {
  readonly response: InboundResponse
  readonly clock: Clock
  readonly writeStallMs: number
  /** Headers known before the walk: what the status line carries if a keep-alive must go out first. */
  readonly earlyHeaders: HeaderRecord
  readonly framing: StreamFraming
  /** What the caller's format says beside the content type. */
  readonly formatHeaders?: Readonly<Record<string, string>> | undefined
  /** Absent where comments have no place: in other framings, and for clients that cannot read them. */
  readonly keepAliveMs: number | undefined
  /** Bytes that were due were not taken for `writeStallMs`; the connection has been destroyed. */
  onStall(): void
}

/** Where the bytes come from, as far as it can be held up. */
export interface Flow {
  pause(): void
  resume(): void
}

const keepAliveComment = ': keep-alive\n\n'

/** How long a reader has to come to the last event of a stream before the connection breaks. */
const breakAfterMs = 100

const streamHeaders: Readonly<Record<StreamFraming, HeaderRecord>> = {
  sse: headersFor(`${streamTypes.sse}; charset=utf-8`),
  jsonArray: headersFor(`${streamTypes.jsonArray}; charset=utf-8`),
  awsEventStream: headersFor(streamTypes.awsEventStream),
}

function headersFor(contentType: string): HeaderRecord {
  return { 'content-type': contentType, 'cache-control': 'no-cache', 'x-accel-buffering': 'no' }
}

export class EventStream {
  readonly #parts: EventStreamParts
  readonly #response: InboundResponse
  #flow: Flow | undefined
  #isHeld = false
  #isBreaking = false
  #lastWriteAt: number
  #cancelKeepAlive: Cancel | undefined
  #cancelStall: Cancel | undefined

  constructor(parts: EventStreamParts) {
    this.#parts = parts
    this.#response = parts.response
    this.#lastWriteAt = parts.clock.now()
    parts.response.once('close', () => this.release())
    if (parts.keepAliveMs !== undefined) this.#watchSilence(parts.keepAliveMs, parts.keepAliveMs)
  }

  /** The status line is out (or about to leave with the first bytes). */
  get isOpen(): boolean {
    return this.#response.headersSent
  }

  /** Nothing can be written any more: it ended, or the caller has gone. */
  get isOver(): boolean {
    return this.#isBreaking || this.#response.writableEnded || this.#response.destroyed
  }

  /** Sends the head. With the head already out it changes nothing. */
  open(headers: HeaderRecord): void {
    if (this.isOpen || this.isOver) return
    const { framing, formatHeaders } = this.#parts
    this.#response.writeHead(200, { ...headers, ...streamHeaders[framing], ...formatHeaders })
  }

  /** Names the source that is to wait while the reader is behind. */
  drive(flow: Flow): void {
    this.#flow = flow
    if (this.#isHeld) flow.pause()
  }

  write(piece: string | Uint8Array): void {
    if (this.isOver) return
    this.#lastWriteAt = this.#parts.clock.now()
    if (!this.#response.write(piece) && !this.#isHeld) this.#hold()
  }

  end(piece: string | Uint8Array): void {
    this.release()
    if (this.isOver) return
    this.#response.end(piece)
    if (this.#response.writableLength > 0) this.#watchStall()
  }

  /**
   * Breaks the connection in the place of an end. Not at once: a client that finds the break throws away what it has
   * received and not read, and the piece with it. Who understands the piece has left by then.
   */
  breakBehind(piece: string | Uint8Array): void {
    this.release()
    if (this.isOver) return
    this.#isBreaking = true
    this.#response.write(piece, () => {
      const cancel = this.#parts.clock.schedule(breakAfterMs, () => this.#response.destroy())
      this.#response.once('close', cancel)
    })
    if (this.#response.writableLength > 0) this.#watchStall()
  }

  /** Breaks the connection: an end that no client can take for a good one. */
  destroy(): void {
    this.release()
    this.#response.destroy()
  }

  /** Lets go of every timer. */
  release(): void {
    this.#cancelKeepAlive?.()
    this.#cancelKeepAlive = undefined
    this.#cancelStall?.()
    this.#cancelStall = undefined
  }

  // ── Slow readers ─────────────────────────────────────────────────────────────────────────────────────────────────

  #hold(): void {
    this.#isHeld = true
    this.#flow?.pause()
    this.#watchStall()
    this.#response.once('drain', () => {
      this.#isHeld = false
      this.#cancelStall?.()
      this.#cancelStall = undefined
      this.#flow?.resume()
    })
  }

  #watchStall(): void {
    this.#cancelStall?.()
    this.#cancelStall = this.#parts.clock.schedule(this.#parts.writeStallMs, () => {
      this.destroy()
      this.#parts.onStall()
    })
  }

  // ── Silence ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** One timer that looks back, instead of one per write. */
  #watchSilence(delayMs: number, limitMs: number): void {
    const { clock } = this.#parts
    this.#cancelKeepAlive = clock.schedule(delayMs, () => {
      if (this.isOver) return
      const silentMs = clock.now() - this.#lastWriteAt
      if (silentMs >= limitMs && !this.#isHeld) {
        this.open(this.#parts.earlyHeaders)
        this.write(keepAliveComment)
        this.#watchSilence(limitMs, limitMs)
      } else this.#watchSilence(Math.max(1, limitMs - silentMs), limitMs)
    })
  }
}
