// What a policy changes in a chat request that stays a chat request: the model, the cap, and whether usage is told.
import type { JsonObject } from '../completion.ts'
import type { MemberEdit, RequestChange } from '../dialect.ts'
import { isJsonObject, numberIn } from '../json-value.ts'
import { fitMessages } from './fit-messages.ts'
import { vendorDrops, vendorEdits, withEdits } from './fit-vendor.ts'
import { habitsOf } from './model-habits.ts'
import { vendorHabitsOf } from './vendor-habits.ts'

export function editRequest(body: JsonObject, change: RequestChange): readonly MemberEdit[] {
  const edits = policyEdits(body, change)
  if (vendorHabitsOf(change.endpoint) === undefined) return edits
  // What the server takes is asked of the body as it would go out; where both touch a member it has the last word.
  const fitted = vendorEdits(withEdits(body, edits), change)
  const byName = new Map([...edits, ...fitted].map(edit => [edit.name, edit]))
  return [...byName.values()]
}

/** Only where a server refuses what stands in the messages. */
export function editsContent(head: JsonObject, { endpoint }: RequestChange): boolean {
  return fitMessages(head, vendorHabitsOf(endpoint)) !== undefined
}

/** Members that the caller sent and that the server behind the endpoint would refuse or pass over. */
export function editDrops(body: JsonObject, change: RequestChange): readonly string[] {
  return vendorDrops(body, change)
}

function policyEdits(body: JsonObject, change: RequestChange): readonly MemberEdit[] {
  const edits: MemberEdit[] = []
  if (body.model !== change.model) edits.push({ name: 'model', value: change.model })
  edits.push(...capEdits(body, change))
  if (change.wantUsage && body.stream === true) edits.push(...usageEdits(body))
  return edits
}

/** Keeps the member that the caller used: a server that knows only the other one would have refused the caller, too. */
function capEdits(body: JsonObject, { maxOutputTokens: cap, model }: RequestChange): readonly MemberEdit[] {
  if (cap === undefined) return []
  const edits: MemberEdit[] = []
  let isCapped = false
  for (const name of ['max_completion_tokens', 'max_tokens']) {
    const asked = numberIn(body[name])
    if (asked === undefined) continue
    isCapped = true
    if (asked > cap) edits.push({ name, value: cap })
  }
  return isCapped ? edits : [{ name: habitsOf(model).tokenLimit, value: cap }]
}

function usageEdits(body: JsonObject): readonly MemberEdit[] {
  const options = isJsonObject(body.stream_options) ? body.stream_options : {}
  if (options.include_usage === true) return []
  return [{ name: 'stream_options', value: { ...options, include_usage: true } }]
}
