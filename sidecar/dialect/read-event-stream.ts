// The event stream of a 200 → units: each event as it came, and what it means.
import type { StreamReader, StreamUnit, UnitConsumer } from '../chain/ports.ts'
import { classifyInBandError } from '../failure/classify-in-band.ts'
import type { Failure } from '../failure/failure.ts'
import type { StreamPart } from './completion.ts'
import type { Dialect, SseEvent, StreamDecoder } from './dialect.ts'
import { isJsonObject, parseLeniently } from './json-value.ts'
import { SseReader } from './sse-reader.ts'

const notAStream: Failure = {
  kind: 'InvalidResponse',
  detail: 'the answer is labelled an event stream but is none',
  status: 200,
}

const noBytes = new Uint8Array(0)

/** Most bytes that are kept of a body that turns out to be no event stream. */
const maxForeignBytes = 64 * 1024

export class EventStreamReader implements StreamReader {
  overflow?: Failure
  readonly #native: Dialect
  readonly #decoder: StreamDecoder
  readonly #sse: SseReader
  #consumer: UnitConsumer = () => undefined
  #malformedEvents = 0
  /** The first bytes of a body that starts like JSON: some servers label a plain error body as an event stream. */
  #foreign: Buffer[] | undefined
  #foreignBytes = 0
  #isFirstChunk = true

  constructor(native: Dialect, maxEventCharacters?: number) {
    this.#native = native
    this.#decoder = native.decodeStream()
    this.#sse = new SseReader({
      onEvent: event => this.#take(event),
      ...(maxEventCharacters !== undefined && { maxEventCharacters }),
    })
  }

  get malformedEvents(): number {
    return this.#malformedEvents
  }

  push(chunk: Buffer, unit: UnitConsumer): void {
    if (this.#isFirstChunk) this.#lookAtBeginning(chunk)
    if (this.#foreign === undefined) {
      this.#consumer = unit
      this.#sse.push(chunk)
      if (this.#sse.overflow !== undefined) this.overflow = this.#sse.overflow
    } else this.#keepForeign(chunk)
  }

  finish(unit: UnitConsumer): void {
    this.#consumer = unit
    if (this.#foreign !== undefined) return this.#judgeForeign()
    this.#sse.finish()
    const parts = this.#decoder.end?.() ?? []
    // Nothing came that could be passed on: the end of the body is all there is.
    if (parts.length > 0) unit({ data: '', raw: noBytes, parts })
  }

  #take(event: SseEvent): void {
    // Some servers keep a connection alive with empty events, which SDKs would try to parse.
    if (isBlank(event.data)) return
    const parts = this.#decoder.decode(event)
    if (parts === undefined) {
      this.#malformedEvents += 1
      return
    }
    this.#emit(event, parts)
  }

  #emit(event: SseEvent, parts: readonly StreamPart[]): void {
    const { data } = event
    const name = event.event ?? this.#native.nameEvent?.(data)
    const unit: StreamUnit = name === undefined ? { data, parts } : { event: name, data, parts }
    this.#consumer(unit)
  }

  /** No line of an event stream begins with a brace or a bracket. */
  #lookAtBeginning(chunk: Buffer): void {
    const first = chunk.find(byte => byte > 0x20)
    if (first === undefined) return
    this.#isFirstChunk = false
    if (first === 0x7b || first === 0x5b) this.#foreign = []
  }

  #keepForeign(chunk: Buffer): void {
    if (this.#foreignBytes >= maxForeignBytes) return
    this.#foreign?.push(chunk)
    this.#foreignBytes += chunk.length
  }

  #judgeForeign(): void {
    const data = Buffer.concat(this.#foreign ?? []).toString('utf8')
    this.#emit({ data }, [{ kind: 'error', failure: this.#foreignFailure(data) }])
  }

  #foreignFailure(data: string): Failure {
    const value = parseLeniently(data)
    const body = Array.isArray(value) ? value[0] : value
    if (!isJsonObject(body)) return notAStream
    if (isJsonObject(body['error'])) {
      return classifyInBandError({ dialect: this.#native.provider, error: body['error'] })
    }
    const decoded = this.#native.decodeReply(body)
    return decoded.kind === 'failed' ? decoded.failure : notAStream
  }
}

/** The first character settles it for nearly every event. */
function isBlank(data: string): boolean {
  return data === '' || (data.charCodeAt(0) <= 0x20 && data.trim() === '')
}
