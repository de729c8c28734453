import type { JsonObject } from '../completion.ts'
import type { MemberEdit, RequestChange } from '../dialect.ts'
import { isJsonList, isJsonObject } from '../json-value.ts'
import { resourceOf } from './encode-request.ts'

/** The model stands in the path; its copies in the body have to say the same. */
export function editRequest(body: JsonObject, change: RequestChange): readonly MemberEdit[] {
  const model = resourceOf(change.model)
  const isOther = (named: unknown) => typeof named === 'string' && resourceOf(named) !== model
  const edits: MemberEdit[] = []
  if (isOther(body.model)) edits.push({ name: 'model', value: model })
  const { requests } = body
  if (isJsonList(requests) && requests.some(one => isJsonObject(one) && isOther(one.model))) {
    const value = requests.map(one => (isJsonObject(one) ? { ...one, model } : one))
    edits.push({ name: 'requests', value })
  }
  return edits
}
