import type { JsonObject } from '../completion.ts'
import type { MemberEdit, RequestChange } from '../dialect.ts'
import { isJsonObject, numberIn } from '../json-value.ts'

/** Thinking below this many tokens is refused upstream. */
const leastThinkingTokens = 1024

/** The members that the policy changes; the caller's bytes stay where nothing has to change. */
export function editRequest(body: JsonObject, change: RequestChange): readonly MemberEdit[] {
  const edits: MemberEdit[] = []
  if (body['model'] !== change.model) edits.push({ name: 'model', value: change.model })
  const asked = numberIn(body['max_tokens'])
  // A body without `max_tokens` is a token count, where the member is not allowed: only a number that stands there is lowered.
  const cap = change.maxOutputTokens
  if (cap === undefined || asked === undefined || asked <= cap) return edits
  edits.push({ name: 'max_tokens', value: cap })
  const thinking = fitThinking(body, cap)
  if (thinking !== undefined) edits.push(thinking)
  return edits
}

/** The thinking budget must stay below `max_tokens`; where no room is left, thinking is taken out. */
function fitThinking(body: JsonObject, cap: number): MemberEdit | undefined {
  const thinking = body['thinking']
  if (!isJsonObject(thinking)) return undefined
  const budget = numberIn(thinking['budget_tokens'])
  if (budget === undefined || budget < cap) return undefined
  if (cap <= leastThinkingTokens) return { name: 'thinking', value: undefined }
  return { name: 'thinking', value: { ...thinking, budget_tokens: cap - 1 } }
}
