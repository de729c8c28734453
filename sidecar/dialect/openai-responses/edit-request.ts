// What a policy changes in a Responses request that stays one: the model, and the cap.
import type { JsonObject, JsonValue } from '../completion.ts'
import type { MemberEdit, RequestChange } from '../dialect.ts'
import { isJsonList, isJsonObject, numberIn } from '../json-value.ts'
import { isForeignReasoningId } from './output-items.ts'

export function editRequest(body: JsonObject, change: RequestChange): readonly MemberEdit[] {
  const edits: MemberEdit[] = []
  if (body.model !== change.model) edits.push({ name: 'model', value: change.model })
  const cap = change.maxOutputTokens
  const asked = numberIn(body.max_output_tokens)
  if (cap !== undefined && (asked === undefined || asked > cap))
    edits.push({ name: 'max_output_tokens', value: cap })
  if (editsContent(body) && isJsonList(body.input))
    edits.push({ name: 'input', value: body.input.filter(item => !isForeignReasoning(item)) })
  return edits
}

/** Another vendor's reasoning came back: this one would look for it in its own store and refuse the whole request. */
export function editsContent({ input }: JsonObject): boolean {
  return isJsonList(input) && input.some(isForeignReasoning)
}

function isForeignReasoning(item: JsonValue): boolean {
  if (!isJsonObject(item) || (item.type !== 'reasoning' && item.type !== 'item_reference')) return false
  return isForeignReasoningId(item.id)
}
