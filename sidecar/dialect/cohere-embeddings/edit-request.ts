import type { JsonObject } from '../completion.ts'
import type { MemberEdit, RequestChange } from '../dialect.ts'

/** What a policy changes in an embed request that stays one: the model. */
export function editRequest(body: JsonObject, { model }: RequestChange): readonly MemberEdit[] {
  return body.model === model ? [] : [{ name: 'model', value: model }]
}
