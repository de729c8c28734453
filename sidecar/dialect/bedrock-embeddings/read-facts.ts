import type { JsonObject, JsonValue, RequestFacts } from '../completion.ts'
import { isGiven, isJsonList } from '../json-value.ts'

/** Tolerant: a member of the wrong type counts as nothing. */
export function readFacts(body: JsonObject): RequestFacts {
  const { texts, images } = body
  const words: readonly JsonValue[] = isJsonList(texts) ? texts : [body['inputText'] ?? null]
  const imageCount = isJsonList(images) ? images.length : isGiven(body['inputImage']) ? 1 : 0
  return {
    needs: ['Embeddings'],
    textCharacters: words.reduce<number>(
      (sum, word) => sum + (typeof word === 'string' ? word.length : 0),
      0,
    ),
    mediaParts: imageCount,
  }
}
