// What a caller speaks, and how it wants to be answered.
import type { CompletionReply } from '../dialect/completion.ts'
import type { Dialect, StreamFraming } from '../dialect/dialect.ts'
import type { EmbeddingDialect, EmbeddingReply, EmbeddingSpelling } from '../dialect/embeddings.ts'
import { jsonBytes } from './send-bytes.ts'

export type CallerVoice = CompletionVoice | EmbeddingVoice

export interface CompletionVoice {
  readonly kind: 'completion'
  readonly dialect: Dialect
  /** Of a stream, when one was asked. */
  readonly framing: StreamFraming
  /** The caller of a stream asked to see its usage. */
  readonly wantsUsage: boolean
}

export interface EmbeddingVoice {
  readonly kind: 'embeddings'
  readonly dialect: EmbeddingDialect
  /** @throws RequestRejected when the request is not a valid one of its own format. */
  spelling(): EmbeddingSpelling
}

/** An answer of another format, written in the caller's. */
export function encodeWhole(
  voice: CallerVoice,
  answer: { readonly completion?: CompletionReply; readonly embedding?: EmbeddingReply },
): Buffer {
  if (voice.kind === 'completion' && answer.completion !== undefined) {
    return jsonBytes(voice.dialect.encodeReply(answer.completion))
  }
  if (voice.kind === 'embeddings' && answer.embedding !== undefined) {
    return jsonBytes(voice.dialect.encodeReply(answer.embedding, voice.spelling()))
  }
  throw new Error('an answer of another format has not been decoded')
}
