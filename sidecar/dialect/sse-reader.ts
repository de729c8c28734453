// Upstream bytes → server-sent events, whatever the chunk borders. The hottest loop of a stream: no closure, no promise
// and no copy per chunk beyond the decoded text.
import {
  createParser,
  type EventSourceMessage,
  type EventSourceParser,
  type ParseError,
} from 'eventsource-parser'
import type { Failure } from '../failure/failure.ts'
import type { SseEvent } from './dialect.ts'

/** Largest event by default, in characters. */
const defaultMaxEventCharacters = 1024 * 1024

const overflowFailure: Failure = {
  kind: 'InvalidResponse',
  detail: 'an event of the stream is larger than the allowed size',
  status: 200,
}

export interface SseReaderOptions {
  /** Most characters that one event may have. */
  readonly maxEventCharacters?: number
  readonly onEvent: (event: SseEvent) => void
}

export class SseReader {
  readonly #maxEventCharacters: number
  readonly #onEvent: (event: SseEvent) => void
  readonly #parser: EventSourceParser
  /** Made for the first chunk that ends within a character: most streams never need one, and it weighs kilobytes. */
  #decoder: InstanceType<typeof TextDecoder> | undefined
  /** The decoder may hold the first bytes of a character. */
  #isMidCharacter = false
  #overflow: Failure | undefined

  constructor(options: SseReaderOptions) {
    this.#maxEventCharacters = options.maxEventCharacters ?? defaultMaxEventCharacters
    this.#onEvent = options.onEvent
    this.#parser = createParser({
      maxBufferSize: this.#maxEventCharacters,
      onEvent: event => this.#take(event),
      onError: error => this.#note(error),
    })
  }

  /** Set when an event is too large: nothing more will be read. */
  get overflow(): Failure | undefined {
    return this.#overflow
  }

  push(chunk: Buffer): void {
    if (this.#overflow !== undefined || chunk.length === 0) return
    this.#parser.feed(this.#decode(chunk))
  }

  /** The body ended cleanly: an event that lacks only its blank line counts. Do not call it after a broken body. */
  finish(): void {
    if (this.#overflow !== undefined) return
    this.#parser.feed(`${this.#decoder?.decode() ?? ''}\n\n`)
  }

  #decode(chunk: Buffer): string {
    const endsMidCharacter = (chunk[chunk.length - 1] ?? 0) > 0x7f
    // A chunk that begins and ends on a character border needs no decoder state; that is nearly every chunk.
    if (!this.#isMidCharacter && !endsMidCharacter) return chunk.toString('utf8')
    this.#isMidCharacter = endsMidCharacter
    this.#decoder ??= new TextDecoder('utf-8', { ignoreBOM: true })
    return this.#decoder.decode(chunk, { stream: true })
  }

  #take(event: EventSourceMessage): void {
    if (this.#overflow !== undefined) return
    if (event.data.length > this.#maxEventCharacters) {
      this.#overflow = overflowFailure
      return
    }
    this.#onEvent(event.event === undefined ? { data: event.data } : { event: event.event, data: event.data })
  }

  /** Unknown fields and odd retry values are harmless; only a full buffer ends the reading. */
  #note(error: ParseError): void {
    if (error.type === 'max-buffer-size-exceeded') this.#overflow = overflowFailure
  }
}
