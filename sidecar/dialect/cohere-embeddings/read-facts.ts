import type { JsonObject, JsonValue, RequestFacts } from '../completion.ts'
import { isJsonList, memberOf } from '../json-value.ts'

/** Tolerant: a member of the wrong type counts as nothing. */
export function readFacts(body: JsonObject): RequestFacts {
  let textCharacters = 0
  let mediaParts = listIn(body.images).length
  for (const text of listIn(body.texts)) textCharacters += lengthOf(text)
  for (const input of listIn(body.inputs)) {
    for (const part of listIn(memberOf(input, 'content'))) {
      if (memberOf(part, 'type') === 'image_url') mediaParts += 1
      else textCharacters += lengthOf(memberOf(part, 'text'))
    }
  }
  return { needs: ['Embeddings'], textCharacters, mediaParts }
}

function listIn(value: JsonValue | undefined): readonly JsonValue[] {
  return isJsonList(value) ? value : []
}

function lengthOf(value: JsonValue | undefined): number {
  return typeof value === 'string' ? value.length : 0
}
