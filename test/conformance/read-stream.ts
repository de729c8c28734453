// An event stream as the sidecar reads one: bytes cut anywhere, through the reader and the decoder.
import type { StreamPart } from '../../sidecar/dialect/completion.ts'
import type { Dialect } from '../../sidecar/dialect/dialect.ts'
import { SseReader } from '../../sidecar/dialect/sse-reader.ts'

export interface ReadStream {
  readonly parts: readonly StreamPart[]
  readonly malformedEvents: number
}

export function readStream(dialect: Dialect, chunks: Iterable<Buffer>): ReadStream {
  const decoder = dialect.decodeStream()
  const parts: StreamPart[] = []
  let malformedEvents = 0
  const reader = new SseReader({
    onEvent: event => {
      const decoded = decoder.decode(event)
      if (decoded === undefined) malformedEvents += 1
      else parts.push(...decoded)
    },
  })
  for (const chunk of chunks) reader.push(chunk)
  reader.finish()
  return { parts, malformedEvents }
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
