import { classifyInBandError } from '../../failure/classify-in-band.ts'
import type { JsonObject, JsonValue } from '../completion.ts'
import type { DecodedEmbeddingReply } from '../embeddings.ts'
import { isGiven, isJsonList, memberOf, numberIn } from '../json-value.ts'

/** Never throws. The answer names no model. */
export function decodeReply(body: JsonObject): DecodedEmbeddingReply {
  if (isGiven(body.error)) {
    return { kind: 'failed', failure: classifyInBandError({ dialect: 'Gemini', error: body }) }
  }
  const embeddings = isJsonList(body.embeddings) ? body.embeddings : [body.embedding ?? null]
  const inputTokens = numberIn(memberOf(body.usageMetadata, 'promptTokenCount'))
  return {
    kind: 'reply',
    reply: {
      model: '',
      vectors: embeddings.map(valuesOf),
      ...(inputTokens !== undefined && { inputTokens }),
    },
  }
}

function valuesOf(embedding: JsonValue): readonly number[] {
  const values = memberOf(embedding, 'values')
  return isJsonList(values) ? values.filter(value => typeof value === 'number') : []
}
