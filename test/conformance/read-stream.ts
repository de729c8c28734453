// A stream as the sidecar reads one: bytes cut anywhere, through the reader of its framing and the decoder.
import type { StreamUnit } from '../../sidecar/chain/ports.ts'
import type { StreamPart } from '../../sidecar/dialect/completion.ts'
import type { Dialect, StreamFraming } from '../../sidecar/dialect/dialect.ts'
import { openStreamReader, streamTypes } from '../../sidecar/dialect/stream-framings.ts'
import { headFor } from '../support/request-head.ts'

export interface ReadStream {
  readonly parts: readonly StreamPart[]
  readonly malformedEvents: number
}

export function readStream(
  dialect: Dialect,
  chunks: Iterable<Buffer>,
  framing: StreamFraming = framingOf(dialect),
): ReadStream {
  const reader = openStreamReader(framing, dialect)
  const parts: StreamPart[] = []
  const take = (unit: StreamUnit) => {
    parts.push(...unit.parts)
  }
  for (const chunk of chunks) reader.push(chunk, take)
  reader.finish(take)
  if (reader.overflow !== undefined) throw new Error(reader.overflow.detail)
  return { parts, malformedEvents: reader.malformedEvents }
}

/** How streams to callers of this dialect stand on the wire when they ask for nothing special. */
export function framingOf(dialect: Dialect): StreamFraming {
  return dialect.framing(headFor(dialect, { stream: true }))
}

/** By the content type of an answer. */
export function framingOfAnswer(contentType: string): StreamFraming {
  const known = Object.entries(streamTypes).find(([, type]) => contentType.startsWith(type))?.[0]
  return known === 'jsonArray' || known === 'awsEventStream' ? known : 'sse'
}

/** Uniform numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Cuts bytes into chunks of 1 to `longest` bytes, inside characters and line ends too. */
export function* cutAtRandom(bytes: Buffer, random: () => number, longest = 97): Generator<Buffer> {
  let start = 0
  while (start < bytes.length) {
    const end = start + 1 + Math.floor(random() * longest)
    yield bytes.subarray(start, end)
    start = end
  }
}
