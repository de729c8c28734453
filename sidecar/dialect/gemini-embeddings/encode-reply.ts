import type { JsonObject } from '../completion.ts'
import type { EmbeddingReply, EmbeddingSpelling } from '../embeddings.ts'

/** One vector, or a list of them where a batch was asked for. */
export function encodeReply(reply: EmbeddingReply, spelling: EmbeddingSpelling): JsonObject {
  const embeddings = reply.vectors.map(values => ({ values }))
  const usage =
    reply.inputTokens === undefined ? {} : { usageMetadata: { promptTokenCount: reply.inputTokens } }
  if (spelling.raw.isBatch === true) return { embeddings, ...usage }
  return { embedding: embeddings[0] ?? { values: [] }, ...usage }
}
