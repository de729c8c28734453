import type { JsonObject, JsonValue } from '../completion.ts'
import type { DecodedEmbeddingReply } from '../embeddings.ts'
import { isJsonList, isJsonObject, memberOf, numberIn, textIn } from '../json-value.ts'
import { errorInBody } from '../openai-chat/decode-reply.ts'
import { readVector } from './vector-bytes.ts'

/** Never throws: an answer that is not one decodes to a failure, or to no vectors. */
export function decodeReply(body: JsonObject): DecodedEmbeddingReply {
  const entries = isJsonList(body.data) ? body.data.filter(isJsonObject) : []
  const failure = entries.length === 0 ? errorInBody(body) : undefined
  if (failure !== undefined) return { kind: 'failed', failure }
  const inputTokens =
    numberIn(memberOf(body.usage, 'prompt_tokens')) ?? numberIn(memberOf(body.usage, 'total_tokens'))
  const id = textIn(body.id)
  return {
    kind: 'reply',
    reply: {
      ...(id !== undefined && { id }),
      model: textIn(body.model) ?? '',
      vectors: inOrder(entries).map(entry => readEmbedding(entry.embedding)),
      ...(inputTokens !== undefined && { inputTokens }),
    },
  }
}

/** By their index, where they have one: the wire does not promise an order. */
function inOrder(entries: readonly JsonObject[]): readonly JsonObject[] {
  return entries
    .map((entry, place) => ({ entry, place: numberIn(entry.index) ?? place }))
    .sort((one, other) => one.place - other.place)
    .map(({ entry }) => entry)
}

function readEmbedding(embedding: JsonValue | undefined): readonly number[] {
  if (typeof embedding === 'string') return readVector(embedding)
  return isJsonList(embedding) ? embedding.filter(value => typeof value === 'number') : []
}
