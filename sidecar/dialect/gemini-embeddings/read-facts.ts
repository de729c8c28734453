import type { JsonObject, JsonValue, RequestFacts } from '../completion.ts'
import { asList, member } from '../gemini-generate/spellings.ts'
import { isJsonObject, textIn } from '../json-value.ts'

/** Tolerant: a member of the wrong type counts as nothing. */
export function readFacts(body: JsonObject): RequestFacts {
  let textCharacters = 0
  let mediaParts = 0
  for (const wish of asList(body.requests) ?? [body]) {
    for (const part of partsOf(wish)) {
      if (!isJsonObject(part)) textCharacters += textIn(part)?.length ?? 0
      else if (isJsonObject(member(part, 'inlineData'))) mediaParts += 1
      else textCharacters += textIn(part.text)?.length ?? 0
    }
  }
  return { needs: ['Embeddings'], textCharacters, mediaParts }
}

function partsOf(wish: JsonValue): readonly JsonValue[] {
  const content = isJsonObject(wish) ? wish.content : undefined
  return isJsonObject(content) ? (asList(content.parts) ?? []) : (asList(content) ?? [])
}
