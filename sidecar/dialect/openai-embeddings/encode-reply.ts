import type { JsonObject } from '../completion.ts'
import type { EmbeddingReply, EmbeddingSpelling } from '../embeddings.ts'
import { writeVector } from './vector-bytes.ts'

/** Clients read usage without asking whether it is there: it is zero when nobody told any. */
export function encodeReply(reply: EmbeddingReply, { encoding }: EmbeddingSpelling): JsonObject {
  const { inputTokens: tokens = 0 } = reply
  return {
    object: 'list',
    data: reply.vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: encoding === 'base64' ? writeVector(vector) : vector,
    })),
    model: reply.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}
