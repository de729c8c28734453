// AWS' binary event stream of a 200 → units, whatever the chunk borders.
import type { StreamReader, StreamUnit, UnitConsumer } from '../chain/ports.ts'
import type { Failure } from '../failure/failure.ts'
import { type AwsFrame, parseFrame, preludeBytes, smallestFrameBytes } from './aws-event-frame.ts'
import type { SseEvent, StreamDecoder } from './dialect.ts'

/** What stands in front of an exception's name in the event that its frame becomes. */
export const exceptionPrefix = 'exception:'

/** AWS itself sends no frame above 24 MiB; none of a model's stream comes near to this. */
const maxFrameBytes = 16 * 1024 * 1024
/** Most bytes that are kept of a body that turns out to be no event stream. */
const maxForeignBytes = 64 * 1024

const tooLarge: Failure = {
  kind: 'InvalidResponse',
  detail: 'a frame of the stream is too large',
  status: 200,
}
const broken: Failure = { kind: 'InvalidResponse', detail: 'a frame of the stream is broken', status: 200 }
const notAStream: Failure = {
  kind: 'InvalidResponse',
  detail: 'the answer is labelled an event stream but is none',
  status: 200,
}

export class AwsEventStreamReader implements StreamReader {
  overflow?: Failure
  readonly #decoder: StreamDecoder
  readonly #maxFrameBytes: number
  /** Bytes behind the last whole frame. */
  #pieces: Buffer[] = []
  #held = 0
  /** As many bytes have to be there before another look is worth while. */
  #wanted = preludeBytes
  #malformedEvents = 0
  #isFirstByte = true
  /** The body is text: mostly an error that is labelled a stream. */
  #isForeign = false

  constructor(decoder: StreamDecoder, largestFrameBytes: number = maxFrameBytes) {
    this.#decoder = decoder
    this.#maxFrameBytes = largestFrameBytes
  }

  get malformedEvents(): number {
    return this.#malformedEvents
  }

  push(chunk: Buffer, unit: UnitConsumer): void {
    if (this.overflow !== undefined || chunk.length === 0) return
    if (this.#isFirstByte) this.#lookAtBeginning(chunk)
    if (this.#isForeign && this.#held >= maxForeignBytes) return
    this.#pieces.push(chunk)
    this.#held += chunk.length
    if (!this.#isForeign && this.#held >= this.#wanted) this.#takeFrames(unit)
  }

  /** Half a frame at the end is a stream that broke off: its end never came, which says enough. */
  finish(unit: UnitConsumer): void {
    if (this.#isForeign) this.#judgeForeign(unit)
  }

  /** The length of a frame begins with a zero or a one: text never does. */
  #lookAtBeginning(chunk: Buffer): void {
    this.#isFirstByte = false
    this.#isForeign = (chunk[0] ?? 0) > 1
  }

  #takeFrames(unit: UnitConsumer): void {
    const [only] = this.#pieces
    const bytes = this.#pieces.length === 1 && only !== undefined ? only : Buffer.concat(this.#pieces)
    let from = 0
    this.#wanted = preludeBytes
    while (bytes.length - from >= preludeBytes) {
      const length = bytes.readUInt32BE(from)
      if (length < smallestFrameBytes) return this.#stop(broken)
      if (length > this.#maxFrameBytes) return this.#stop(tooLarge)
      if (bytes.length - from < length) {
        this.#wanted = length
        break
      }
      const raw = bytes.subarray(from, from + length)
      const frame = parseFrame(raw)
      if (frame === undefined) return this.#stop(broken)
      this.#emit(eventOf(frame), raw, unit)
      from += length
    }
    const rest = bytes.subarray(from)
    this.#pieces = rest.length === 0 ? [] : [rest]
    this.#held = rest.length
  }

  #emit(event: SseEvent, raw: Buffer, consumer: UnitConsumer): void {
    const parts = this.#decoder.decode(event)
    if (parts === undefined) {
      this.#malformedEvents += 1
      return
    }
    const unit: StreamUnit = { ...event, parts, raw }
    consumer(unit)
  }

  /** Where one frame ends is known from the one before it: behind a broken one nothing can be trusted. */
  #stop(failure: Failure): void {
    this.overflow = failure
    this.#pieces = []
    this.#held = 0
  }

  #judgeForeign(consumer: UnitConsumer): void {
    const raw = Buffer.concat(this.#pieces)
    const data = raw.toString('utf8')
    const parts = this.#decoder.decode({ event: exceptionPrefix, data })
    consumer({ data, parts: parts ?? [{ kind: 'error', failure: notAStream }], raw })
  }
}

function eventOf({ headers, payload }: AwsFrame): SseEvent {
  const exception = headers[':exception-type']
  if (exception !== undefined) return { event: exceptionPrefix + exception, data: payload }
  if (headers[':message-type'] === 'error') {
    // Errors of the transport itself have no payload: all they say stands in the headers.
    const message = headers[':error-message'] ?? ''
    return { event: exceptionPrefix + (headers[':error-code'] ?? ''), data: JSON.stringify({ message }) }
  }
  const name = headers[':event-type']
  return name === undefined ? { data: payload } : { event: name, data: payload }
}
