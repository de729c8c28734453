import type { Dialect, StreamFraming } from '../../sidecar/dialect/dialect.ts'
import { joinPieces } from '../support/join-pieces.ts'
import { type AccumulatedAnswer, accumulateParts } from './accumulate-parts.ts'
import { framingOf, readStream } from './read-stream.ts'

export interface Upstream {
  readonly chunks: Iterable<Buffer>
  /** Absent: as the dialect's callers usually get it. */
  readonly framing?: StreamFraming
}

/** An upstream stream as the caller of the other dialect reads it. */
export function hopStream(from: Dialect, to: Dialect, upstream: Upstream): AccumulatedAnswer {
  const encoder = to.encodeStream({ id: 'request-1', model: 'some-model', created: 1, includeUsage: true })
  const { parts } = readStream(from, upstream.chunks, upstream.framing ?? framingOf(from))
  const written = parts.map(part => encoder.encode(part))
  // The walk ends a stream that came without a terminal marker.
  if (!parts.some(part => part.kind === 'end')) written.push(encoder.encode({ kind: 'end' }))
  return accumulateParts(readStream(to, [joinPieces(written)]).parts)
}
