import type { JsonObject, JsonValue } from '../completion.ts'
import type { EmbeddingReply, EmbeddingSpelling } from '../embeddings.ts'
import { isJsonList } from '../json-value.ts'
import { writeVector } from '../openai-embeddings/vector-bytes.ts'

/** Every form that was asked for and that foreign vectors can have. Usage is left out when nobody told any. */
export function encodeReply(reply: EmbeddingReply, { raw }: EmbeddingSpelling): JsonObject {
  const types = isJsonList(raw.types) ? raw.types : []
  const embeddings: Record<string, JsonValue> = {}
  if (types.includes('base64')) embeddings.base64 = reply.vectors.map(writeVector)
  if (types.includes('float') || types.length === 0) embeddings.float = reply.vectors
  const { inputTokens } = reply
  return {
    id: reply.id ?? '',
    embeddings,
    meta: {
      api_version: { version: '2' },
      ...(inputTokens !== undefined && { billed_units: { input_tokens: inputTokens } }),
    },
    response_type: 'embeddings_by_type',
  }
}
