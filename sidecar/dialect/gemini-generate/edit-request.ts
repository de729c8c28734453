import type { JsonObject } from '../completion.ts'
import type { MemberEdit, RequestChange } from '../dialect.ts'
import { isJsonObject, numberIn } from '../json-value.ts'
import { spellingOf } from './spellings.ts'

/** The members that the policy changes. The model stands in the path; a copy of it in the body has to say the same. */
export function editRequest(body: JsonObject, change: RequestChange): readonly MemberEdit[] {
  const edits: MemberEdit[] = []
  const named = typeof body.model === 'string' ? body.model : undefined
  if (named !== undefined && named.replace(/^models\//, '') !== change.model) {
    edits.push({ name: 'model', value: `models/${change.model}` })
  }
  const cap = change.maxOutputTokens
  if (cap === undefined) return edits
  const name = spellingOf(body, 'generationConfig')
  const config = isJsonObject(body[name]) ? body[name] : {}
  const limit = spellingOf(config, 'maxOutputTokens')
  const asked = numberIn(config[limit])
  if (asked === undefined || asked > cap) edits.push({ name, value: { ...config, [limit]: cap } })
  return edits
}
