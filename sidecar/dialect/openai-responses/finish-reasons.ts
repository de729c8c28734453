// Why an answer ended: here a status, with a reason when it is incomplete. Both ways.
import type { Finish, JsonObject } from '../completion.ts'
import { memberOf, textIn } from '../json-value.ts'

export interface Ending {
  readonly hasToolCalls: boolean
  readonly hasRefusal: boolean
}

/** `status`, or `status:reason`; null for a response without a status. */
export function vendorFinishOf(response: JsonObject): string | null {
  const status = textIn(response.status)
  if (status === undefined) return null
  const reason = textIn(memberOf(response.incomplete_details, 'reason'))
  return reason === undefined ? status : `${status}:${reason}`
}

/** An unknown word is `other`, never a normal stop. */
export function readFinish(vendorFinish: string, ending: Ending): Finish {
  switch (vendorFinish) {
    case 'completed':
      if (ending.hasRefusal) return 'refusal'
      return ending.hasToolCalls ? 'tool_calls' : 'stop'
    case 'incomplete:content_filter':
      return 'content_filter'
    case 'incomplete':
    case 'incomplete:max_output_tokens':
    case 'incomplete:max_tokens':
      return 'length'
    default:
      return 'other'
  }
}

export type WireEnd =
  | { readonly status: 'completed'; readonly reason: null }
  | { readonly status: 'incomplete'; readonly reason: 'max_output_tokens' | 'content_filter' }

const completed: WireEnd = { status: 'completed', reason: null }

/**
 * The end for a caller. A refusal whose text was shown completes, as the vendor does it. An end of an unknown kind is
 * incomplete: what came may be used, but it is not a whole answer.
 */
export function writeFinish(finish: Finish | null, hasRefusal: boolean): WireEnd {
  switch (finish) {
    case null:
    case 'stop':
    case 'tool_calls':
      return completed
    case 'refusal':
      return hasRefusal ? completed : { status: 'incomplete', reason: 'content_filter' }
    case 'content_filter':
      return { status: 'incomplete', reason: 'content_filter' }
    case 'length':
    case 'other':
      return { status: 'incomplete', reason: 'max_output_tokens' }
  }
}
