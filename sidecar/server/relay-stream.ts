// The hot path of a stream: what the provider's events become on the caller's socket. One write per upstream chunk.
import type { StreamConsumer, StreamEnd } from '../chain/outcome.ts'
import type { StreamUnit } from '../chain/ports.ts'
import type { StreamPart } from '../dialect/completion.ts'
import type { StreamEncoder } from '../dialect/dialect.ts'
import type { EventStream } from './event-stream.ts'
import { frameEvent } from './stream-framing.ts'
import { withoutUsage } from './strip-usage.ts'

export interface RelayParts {
  readonly stream: EventStream
  /** Events keep their form: only this is written for a stream whose provider left its terminal marker out. */
  readonly form:
    | { readonly kind: 'native'; readonly marker: string }
    | { readonly kind: 'encoded'; readonly encoder: StreamEncoder }
  /** The caller did not ask for usage and is not to see it. */
  readonly hidesUsage: boolean
  /** Largest text kept for the cache; absent: none is kept. */
  readonly keep: { readonly maxCharacters: number; readonly encoder: StreamEncoder | undefined } | undefined
  onFirstWrite(): void
  /** Encoding threw. Nothing is written after it. */
  onBug(error: unknown): void
  onEnd(end: StreamEnd, keepable: string | undefined): void
}

export class StreamRelay implements StreamConsumer {
  readonly #parts: RelayParts
  #pending = ''
  #kept = ''
  #keeps: boolean
  #hasMarker = false
  #hasWritten = false
  #finishes = 0
  #isBroken = false

  constructor(parts: RelayParts) {
    this.#parts = parts
    this.#keeps = parts.keep !== undefined
  }

  unit(unit: StreamUnit): void {
    if (this.#isBroken) return
    try {
      this.#take(unit)
    } catch (error) {
      // Called from the provider's socket: a throw would be taken there for the provider's fault.
      this.#isBroken = true
      this.#parts.onBug(error)
    }
  }

  #take(unit: StreamUnit): void {
    let hasUsage = false
    for (const part of unit.parts) {
      if (part.kind === 'usage') hasUsage = true
      else if (part.kind === 'end') this.#hasMarker = true
      else if (part.kind === 'finish') this.#judgeFinish(part)
      // The chain ends the stream for it; the caller gets one error event, with secrets masked.
      else if (part.kind === 'error') return
    }
    const { form } = this.#parts
    if (form.kind === 'native') this.#passOn(unit, hasUsage)
    else for (const part of unit.parts) this.#encode(part, form.encoder)
  }

  flush(): void {
    if (this.#pending === '' || this.#isBroken) return
    const text = this.#pending
    this.#pending = ''
    this.#parts.stream.write(text)
    if (this.#hasWritten) return
    this.#hasWritten = true
    this.#parts.onFirstWrite()
  }

  end(end: StreamEnd): void {
    if (this.#isBroken) return
    if (end.kind === 'complete') {
      if (!this.#hasMarker) this.#addMarker()
      const text = this.#pending
      this.#pending = ''
      this.#parts.stream.end(text)
    }
    this.#parts.onEnd(end, this.#keepable(end))
  }

  #passOn(unit: StreamUnit, hasUsage: boolean): void {
    const framed = frameEvent(unit.event, unit.data)
    this.#keep(framed)
    if (!hasUsage || !this.#parts.hidesUsage) {
      this.#pending += framed
      return
    }
    const stripped = withoutUsage(unit.data)
    if (stripped !== undefined) this.#pending += frameEvent(unit.event, stripped)
  }

  #encode(part: StreamPart, encoder: StreamEncoder): void {
    const text = encoder.encode(part)
    this.#pending += text
    if (this.#keeps) this.#keep(this.#parts.keep?.encoder?.encode(part) ?? text)
  }

  #addMarker(): void {
    const { form } = this.#parts
    if (form.kind === 'encoded') this.#encode({ kind: 'end' }, form.encoder)
    else {
      this.#pending += form.marker
      this.#keep(form.marker)
    }
  }

  // ── For the cache ────────────────────────────────────────────────────────────────────────────────────────────────

  #keep(text: string): void {
    if (!this.#keeps) return
    this.#kept += text
    if (this.#kept.length <= (this.#parts.keep?.maxCharacters ?? 0)) return
    this.#keeps = false
    this.#kept = ''
  }

  #judgeFinish(part: Extract<StreamPart, { kind: 'finish' }>): void {
    this.#finishes += 1
    if (part.finish !== 'stop' && part.finish !== 'tool_calls') this.#keeps = false
  }

  /** Only a complete, unfiltered answer is worth keeping. */
  #keepable(end: StreamEnd): string | undefined {
    return this.#keeps && end.kind === 'complete' && this.#finishes > 0 ? this.#kept : undefined
  }
}
