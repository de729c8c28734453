import type { JsonObject } from '../completion.ts'
import type { EmbeddingReply, EmbeddingSpelling } from '../embeddings.ts'
import { isJsonList } from '../json-value.ts'

/** In the family of the body that asked. */
export function encodeReply(reply: EmbeddingReply, { raw }: EmbeddingSpelling): JsonObject {
  return raw['family'] === 'cohere' ? encodeCohere(reply, raw) : encodeTitan(reply)
}

function encodeTitan({ vectors, inputTokens }: EmbeddingReply): JsonObject {
  const embedding = vectors[0] ?? []
  return { embedding, embeddingsByType: { float: embedding }, inputTextTokenCount: inputTokens ?? 0 }
}

function encodeCohere({ id, vectors }: EmbeddingReply, raw: JsonObject): JsonObject {
  const isByType = raw['byType'] === true
  return {
    id: id ?? '',
    response_type: isByType ? 'embeddings_by_type' : 'embeddings_floats',
    embeddings: isByType ? { float: vectors } : vectors,
    texts: isJsonList(raw['texts']) ? raw['texts'] : [],
  }
}
