import type { JsonObject, JsonValue, RequestFacts } from '../completion.ts'
import { isJsonList } from '../json-value.ts'

/** A token stands for about as many characters. */
const charactersPerToken = 4

/** Tolerant: a member of the wrong type counts as nothing. */
export function readFacts(body: JsonObject): RequestFacts {
  return { needs: ['Embeddings'], textCharacters: countCharacters(body.input), mediaParts: 0 }
}

function countCharacters(input: JsonValue | undefined): number {
  if (typeof input === 'string') return input.length
  if (typeof input === 'number') return charactersPerToken
  return isJsonList(input) ? input.reduce<number>((sum, one) => sum + countCharacters(one), 0) : 0
}
