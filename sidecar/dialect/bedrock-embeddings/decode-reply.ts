import { classifyInBandError } from '../../failure/classify-in-band.ts'
import type { JsonObject, JsonValue } from '../completion.ts'
import type { DecodedEmbeddingReply, EmbeddingReply } from '../embeddings.ts'
import { isJsonList, memberOf, numberIn, textIn } from '../json-value.ts'

/** Never throws. Titan gives one vector, Cohere a list of them, plain or by type. */
export function decodeReply(body: JsonObject): DecodedEmbeddingReply {
  const vectors = readVectors(body)
  if (vectors === undefined || vectors.length === 0) return { kind: 'failed', failure: failureOf(body) }
  const id = textIn(body['id'])
  const inputTokens = numberIn(body['inputTextTokenCount'])
  const reply: EmbeddingReply = {
    ...(id !== undefined && { id }),
    // The path of the request says which model answers.
    model: '',
    vectors,
    ...(inputTokens !== undefined && { inputTokens }),
  }
  return { kind: 'reply', reply }
}

function failureOf(body: JsonObject) {
  if (typeof body['message'] === 'string') return classifyInBandError({ dialect: 'Bedrock', error: body })
  return { kind: 'InvalidResponse', detail: 'the answer has no embeddings', status: 200 } as const
}

function readVectors(body: JsonObject): readonly (readonly number[])[] | undefined {
  const single = body['embedding'] ?? memberOf(body['embeddingsByType'], 'float')
  const list = isJsonList(single) ? [single] : (memberOf(body['embeddings'], 'float') ?? body['embeddings'])
  if (!isJsonList(list)) return undefined
  const vectors = list.map(readVector)
  return vectors.every(vector => vector !== undefined) ? vectors : undefined
}

function readVector(value: JsonValue): readonly number[] | undefined {
  if (!isJsonList(value)) return undefined
  const numbers = value.filter(number => typeof number === 'number')
  return numbers.length === value.length && numbers.length > 0 ? numbers : undefined
}
