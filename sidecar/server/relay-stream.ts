// The hot path of a stream: what the provider's events become on the caller's socket. One write per upstream chunk.
import type { StreamConsumer, StreamEnd } from '../chain/outcome.ts'
import type { StreamUnit } from '../chain/ports.ts'
import type { StreamPart } from '../dialect/completion.ts'
import type { StreamEncoder } from '../dialect/dialect.ts'
import type { EventStream } from './event-stream.ts'
import type { AnswerKeeper, KeptAnswer } from './keep-answer.ts'
import { Outbox } from './outbox.ts'
import { frameEvent } from './stream-framing.ts'
import { withoutNullUsage, withoutUsage } from './strip-usage.ts'

export interface RelayParts {
  readonly stream: EventStream
  /** Events keep their form: only this is written for a stream whose provider left its terminal marker out. */
  readonly form:
    | { readonly kind: 'native'; readonly marker: string }
    | { readonly kind: 'encoded'; readonly encoder: StreamEncoder }
  /** The caller did not ask for usage and is not to see it. */
  readonly hidesUsage: boolean
  /** Absent: nothing is kept for the cache. */
  readonly keeper: AnswerKeeper | undefined
  onFirstWrite(): void
  /** Encoding threw. Nothing is written after it. */
  onBug(error: unknown): void
  onEnd(end: StreamEnd, kept: KeptAnswer | undefined): void
}

export class StreamRelay implements StreamConsumer {
  readonly #parts: RelayParts
  readonly #outbox = new Outbox()
  #hasMarker = false
  #hasWritten = false
  #isBroken = false

  constructor(parts: RelayParts) {
    this.#parts = parts
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
      // The chain ends the stream for it; the caller gets one error event, with secrets masked.
      else if (part.kind === 'error') return
      this.#parts.keeper?.saw(part)
    }
    const { form } = this.#parts
    if (form.kind === 'native') this.#passOn(unit, hasUsage)
    else for (const part of unit.parts) this.#encode(part, form.encoder)
  }

  flush(): void {
    if (this.#outbox.isEmpty || this.#isBroken) return
    this.#parts.stream.write(this.#outbox.take())
    if (this.#hasWritten) return
    this.#hasWritten = true
    this.#parts.onFirstWrite()
  }

  end(end: StreamEnd): void {
    if (this.#isBroken) return
    if (end.kind === 'complete') {
      if (!this.#hasMarker) this.#addMarker()
      this.#parts.stream.end(this.#outbox.take())
    }
    this.#parts.onEnd(end, end.kind === 'complete' ? this.#parts.keeper?.answer() : undefined)
  }

  #passOn(unit: StreamUnit, hasUsage: boolean): void {
    if (unit.raw !== undefined) return this.#outbox.add(unit.raw)
    const framed = frameEvent(unit.event, unit.data)
    this.#parts.keeper?.framed(framed)
    if (!this.#parts.hidesUsage) return this.#outbox.add(framed)
    const stripped = hasUsage ? withoutUsage(unit.data) : withoutNullUsage(unit.data)
    if (stripped === undefined) return
    this.#outbox.add(stripped === unit.data ? framed : frameEvent(unit.event, stripped))
  }

  #encode(part: StreamPart, encoder: StreamEncoder): void {
    const written = encoder.encode(part)
    this.#outbox.add(written)
    this.#parts.keeper?.encoded(part, written)
  }

  #addMarker(): void {
    const { form } = this.#parts
    if (form.kind === 'encoded') {
      this.#parts.keeper?.saw({ kind: 'end' })
      this.#encode({ kind: 'end' }, form.encoder)
    } else {
      this.#outbox.add(form.marker)
      this.#parts.keeper?.framed(form.marker)
    }
  }
}
