import { errorInBody } from '../cohere-chat/decode-reply.ts'
import type { JsonObject, JsonValue } from '../completion.ts'
import type { DecodedEmbeddingReply } from '../embeddings.ts'
import { isJsonList, isJsonObject, memberOf, numberIn, textIn } from '../json-value.ts'
import { readVector } from '../openai-embeddings/vector-bytes.ts'

/** The same vectors may come in several forms: the first of these has lost least. */
const forms = ['float', 'base64', 'int8', 'uint8', 'binary', 'ubinary'] as const

/** Never throws: an answer that is not one decodes to a failure, or to no vectors. The answer names no model. */
export function decodeReply(body: JsonObject): DecodedEmbeddingReply {
  const failure = errorInBody(body)
  if (failure !== undefined) return { kind: 'failed', failure }
  const id = textIn(body.id)
  const inputTokens = countIn(memberOf(body.meta, 'billed_units')) ?? countIn(memberOf(body.meta, 'tokens'))
  return {
    kind: 'reply',
    reply: {
      ...(id !== undefined && { id }),
      model: '',
      vectors: vectorsIn(body.embeddings).map(readEmbedding),
      ...(inputTokens !== undefined && { inputTokens }),
    },
  }
}

/** Words and pictures are billed apart. */
function countIn(counts: JsonValue | undefined): number | undefined {
  const text = numberIn(memberOf(counts, 'input_tokens'))
  const image = numberIn(memberOf(counts, 'image_tokens'))
  return text === undefined && image === undefined ? undefined : (text ?? 0) + (image ?? 0)
}

function vectorsIn(embeddings: JsonValue | undefined): readonly JsonValue[] {
  // The form of the time before types: the list itself.
  if (isJsonList(embeddings)) return embeddings
  if (!isJsonObject(embeddings)) return []
  for (const form of forms) {
    const vectors = embeddings[form]
    if (isJsonList(vectors) && vectors.length > 0) return vectors
  }
  return []
}

function readEmbedding(embedding: JsonValue): readonly number[] {
  if (typeof embedding === 'string') return readVector(embedding)
  return isJsonList(embedding) ? embedding.filter(value => typeof value === 'number') : []
}
