// What a policy changes in a Cohere request that stays one: the model and the cap.
import type { JsonObject } from '../completion.ts'
import type { MemberEdit, RequestChange } from '../dialect.ts'
import { numberIn } from '../json-value.ts'

export function editRequest(body: JsonObject, change: RequestChange): readonly MemberEdit[] {
  const edits: MemberEdit[] = []
  if (body.model !== change.model) edits.push({ name: 'model', value: change.model })
  const cap = change.maxOutputTokens
  if (cap !== undefined && (numberIn(body.max_tokens) ?? Number.POSITIVE_INFINITY) > cap) {
    edits.push({ name: 'max_tokens', value: cap })
  }
  return edits
}
