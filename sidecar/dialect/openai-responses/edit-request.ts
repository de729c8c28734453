// What a policy changes in a Responses request that stays one: the model, and the cap.
import type { JsonObject, JsonValue } from '../completion.ts'
import type { MemberEdit, RequestChange } from '../dialect.ts'
import { isJsonList, isJsonObject, numberIn } from '../json-value.ts'
import { isForeignItemId, isForeignReasoningId } from './output-items.ts'

export function editRequest(body: JsonObject, change: RequestChange): readonly MemberEdit[] {
  const edits: MemberEdit[] = []
  if (body.model !== change.model) edits.push({ name: 'model', value: change.model })
  const cap = change.maxOutputTokens
  const asked = numberIn(body.max_output_tokens)
  if (cap !== undefined && (asked === undefined || asked > cap))
    edits.push({ name: 'max_output_tokens', value: cap })
  if (editsContent(body) && isJsonList(body.input))
    edits.push({ name: 'input', value: body.input.filter(item => !isForeign(item)) })
  return edits
}

/**
 * Another vendor's answer came back, its reasoning whole or any item by its id: this vendor would look for it in its own
 * store and refuse the whole request.
 */
export function editsContent({ input }: JsonObject): boolean {
  return isJsonList(input) && input.some(isForeign)
}

/** Words of the conversation that only their id is left of. Reasoning stays behind in any case. */
export function editDrops({ input }: JsonObject): readonly string[] {
  const isLost = isJsonList(input) && input.some(item => isForeign(item) && !isReasoning(item))
  return isLost ? ['input.item_reference'] : []
}

function isForeign(item: JsonValue): boolean {
  return (
    isReasoning(item) || (isJsonObject(item) && item.type === 'item_reference' && isForeignItemId(item.id))
  )
}

function isReasoning(item: JsonValue): boolean {
  if (!isJsonObject(item) || (item.type !== 'reasoning' && item.type !== 'item_reference')) return false
  return isForeignReasoningId(item.id)
}
