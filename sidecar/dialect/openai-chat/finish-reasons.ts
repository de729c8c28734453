// Why an answer ended: the words of chat servers, both ways.

import type { Failure } from '../../failure/failure.ts'
import type { Finish } from '../completion.ts'

/** `eos` and its like come from servers that hand their engine's word through. */
const meanings: Readonly<Record<string, Finish>> = {
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  stop_sequence: 'stop',
  end_turn: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  tool_calls: 'tool_calls',
  tool_use: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
  refusal: 'refusal',
}

/** Words that report an outage in the place of a finish reason. */
const outages: Readonly<Record<string, Failure>> = {
  error: { kind: 'ServerError', detail: 'the provider ended its answer with an error', status: 200 },
  insufficient_system_resource: {
    kind: 'Overloaded',
    detail: 'the provider ran out of resources in the middle of its answer',
    status: 200,
  },
}

export interface Ending {
  readonly hasToolCalls: boolean
  readonly hasRefusal: boolean
}

/** An unknown word is `other`, never a normal stop. */
export function readFinish(vendorFinish: string, ending: Ending): Finish {
  const finish = Object.hasOwn(meanings, vendorFinish) ? (meanings[vendorFinish] ?? 'other') : 'other'
  if (finish !== 'stop') return finish
  if (ending.hasRefusal) return 'refusal'
  return ending.hasToolCalls ? 'tool_calls' : 'stop'
}

/** The failure that some servers write where the finish reason belongs. */
export function outageIn(vendorFinish: string): Failure | undefined {
  return Object.hasOwn(outages, vendorFinish) ? outages[vendorFinish] : undefined
}

/**
 * The word for a caller. A refusal whose text was shown ends with `stop`, as the vendor does it. An end of an unknown kind
 * becomes `length`: what came may be used, but it is not a whole answer.
 */
export function writeFinish(finish: Finish, hasRefusal: boolean): string {
  switch (finish) {
    case 'refusal':
      return hasRefusal ? 'stop' : 'content_filter'
    case 'other':
      return 'length'
    default:
      return finish
  }
}
