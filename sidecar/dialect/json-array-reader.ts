// A stream that stands on the wire as one JSON array → units, one for each element, whatever the chunk borders. Only
// brackets, quotes and backslashes are looked at: an element is parsed once, by its dialect.
import type { StreamReader, StreamUnit, UnitConsumer } from '../chain/ports.ts'
import type { Failure } from '../failure/failure.ts'
import type { StreamPart } from './completion.ts'
import type { StreamDecoder } from './dialect.ts'

/** Largest element by default, in bytes. */
const defaultMaxElementBytes = 16 * 1024 * 1024

const tooLarge: Failure = {
  kind: 'InvalidResponse',
  detail: 'an element of the stream is larger than the allowed size',
  status: 200,
}
const notAnArray: Failure = {
  kind: 'InvalidResponse',
  detail: 'the answer is labelled as a stream of JSON but is no array',
  status: 200,
}

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d
const newestBlank = 0x20

export class JsonArrayReader implements StreamReader {
  overflow?: Failure
  readonly #decoder: StreamDecoder
  readonly #maxElementBytes: number
  /** Bytes that no unit has carried away yet. */
  #pieces: Buffer[] = []
  #held = 0
  #malformedEvents = 0
  /** 0: before the array; 1: between elements; more: inside one. */
  #depth = 0
  /** Where the element begins among the bytes held; -1 between elements. */
  #elementStart = -1
  #isInString = false
  #isEscaped = false
  #isClosed = false
  /** A bare object, as errors are written. */
  #isLoneObject = false

  constructor(decoder: StreamDecoder, maxElementBytes: number = defaultMaxElementBytes) {
    this.#decoder = decoder
    this.#maxElementBytes = maxElementBytes
  }

  get malformedEvents(): number {
    return this.#malformedEvents
  }

  push(chunk: Buffer, unit: UnitConsumer): void {
    if (this.overflow !== undefined || chunk.length === 0) return
    let from = 0
    for (let at = 0; at < chunk.length; at += 1) {
      if (!this.#endsUnit(chunk[at] ?? 0, this.#held + at - from)) {
        if (this.overflow !== undefined) return
        continue
      }
      this.#hold(chunk.subarray(from, at + 1))
      from = at + 1
      this.#release(unit)
    }
    this.#hold(chunk.subarray(from))
    if (this.#held > this.#maxElementBytes) this.overflow = tooLarge
  }

  /** An array that was never closed is a stream that broke off: its end never came, which says enough. */
  finish(unit: UnitConsumer): void {
    if (this.overflow !== undefined) return
    if (this.#depth === 0 && !this.#isClosed && !this.#isLoneObject) {
      unit({ data: '', raw: this.#take(), parts: [{ kind: 'error', failure: notAnArray }] })
    } else if (this.#held > 0 && this.#isClosed) unit({ data: '', raw: this.#take(), parts: [] })
  }

  /** True for the byte that completes an element or the array. */
  #endsUnit(byte: number, position: number): boolean {
    if (this.#isInString) {
      if (this.#isEscaped) this.#isEscaped = false
      else if (byte === backslash) this.#isEscaped = true
      else if (byte === quote) this.#isInString = false
      return false
    }
    if (byte <= newestBlank || this.#isClosed) return false
    if (this.#depth === 0) {
      this.#begin(byte, position)
      return false
    }
    if (this.#elementStart < 0 && byte !== comma && byte !== closeBracket) this.#elementStart = position
    if (byte === quote) this.#isInString = true
    else if (byte === openBrace || byte === openBracket) this.#depth += 1
    else if (byte === closeBrace || byte === closeBracket) {
      this.#depth -= 1
      return this.#depth <= 1
    }
    return false
  }

  #begin(byte: number, position: number): void {
    if (byte === openBracket) this.#depth = 1
    else if (byte === openBrace) {
      this.#isLoneObject = true
      this.#elementStart = position
      this.#depth = 2
    } else this.overflow = notAnArray
  }

  #release(unit: UnitConsumer): void {
    const start = this.#elementStart
    this.#elementStart = -1
    const raw = this.#take()
    if (this.#depth === 0) {
      this.#isClosed = true
      unit({ data: '', raw, parts: this.#decoder.end?.() ?? [] })
      return
    }
    const data = raw.subarray(start).toString('utf8')
    const parts = this.#decoder.decode({ data })
    if (parts === undefined) this.#malformedEvents += 1
    else unit(this.#unitOf(data, raw, parts))
    if (this.#isLoneObject) this.#isClosed = true
  }

  #unitOf(data: string, raw: Buffer, parts: readonly StreamPart[]): StreamUnit {
    // A whole answer in the place of a stream has ended with itself.
    return { data, raw, parts: this.#isLoneObject ? [...parts, ...(this.#decoder.end?.() ?? [])] : parts }
  }

  #hold(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#pieces.push(bytes)
    this.#held += bytes.length
  }

  #take(): Buffer {
    const [only] = this.#pieces
    const bytes = this.#pieces.length === 1 && only !== undefined ? only : Buffer.concat(this.#pieces)
    this.#pieces = []
    this.#held = 0
    return bytes
  }
}
