import type { JsonObject, JsonValue } from '../completion.ts'
import type { MemberEdit, RequestChange } from '../dialect.ts'
import { isGiven, isJsonObject, numberIn } from '../json-value.ts'

/** Thinking below this many tokens is refused upstream. */
const leastThinkingTokens = 1024

/** Names under which models take a wish to think. */
const thinkingNames = ['thinking', 'reasoning_config'] as const

/** The members that the policy changes; the caller's bytes stay where nothing has to change. The model is in the path. */
export function editRequest(body: JsonObject, change: RequestChange): readonly MemberEdit[] {
  const cap = change.maxOutputTokens
  if (cap === undefined) return []
  const config = body['inferenceConfig']
  if (isGiven(config) && !isJsonObject(config)) return []
  const asked = numberIn(config?.['maxTokens'])
  if (asked !== undefined && asked <= cap) return []
  const edits: MemberEdit[] = [{ name: 'inferenceConfig', value: { ...config, maxTokens: cap } }]
  const fields = fitThinking(body['additionalModelRequestFields'], cap)
  if (fields !== undefined) edits.push({ name: 'additionalModelRequestFields', value: fields })
  return edits
}

/** The thinking budget must stay below the cap; where no room is left, thinking is taken out. */
function fitThinking(fields: JsonValue | undefined, cap: number): JsonObject | undefined {
  if (!isJsonObject(fields)) return undefined
  for (const name of thinkingNames) {
    const thinking = fields[name]
    const budget = isJsonObject(thinking) ? numberIn(thinking['budget_tokens']) : undefined
    if (!isJsonObject(thinking) || budget === undefined || budget < cap) continue
    if (cap > leastThinkingTokens) return { ...fields, [name]: { ...thinking, budget_tokens: cap - 1 } }
    const { [name]: _taken, ...others } = fields
    return others
  }
  return undefined
}
