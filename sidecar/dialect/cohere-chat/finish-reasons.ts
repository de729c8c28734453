// Why an answer ended: Cohere's words, both ways.

import { classifyInBandError } from '../../failure/classify-in-band.ts'
import type { Failure } from '../../failure/failure.ts'
import type { Finish, JsonObject } from '../completion.ts'
import { textIn } from '../json-value.ts'

const meanings: Readonly<Record<string, Finish>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  ERROR_LIMIT: 'length',
  TOOL_CALL: 'tool_calls',
  ERROR_TOXIC: 'content_filter',
}

const outages: Readonly<Record<string, Failure>> = {
  ERROR: { kind: 'ServerError', detail: 'the provider ended its answer with an error', status: 200 },
  TIMEOUT: { kind: 'Timeout', detail: 'the provider gave up waiting for its own answer', status: 200 },
}

/** An unknown word is `other`, never a normal stop. */
export function readFinish(vendorFinish: string, hasToolCalls: boolean): Finish {
  const finish = Object.hasOwn(meanings, vendorFinish) ? (meanings[vendorFinish] ?? 'other') : 'other'
  return finish === 'stop' && hasToolCalls ? 'tool_calls' : finish
}

/** @param ending what carries `finish_reason`: a whole answer, or the last event of a stream. */
export function outageIn(ending: JsonObject): Failure | undefined {
  const { finish_reason: reason, error } = ending
  const known = typeof reason === 'string' && Object.hasOwn(outages, reason) ? outages[reason] : undefined
  const message = textIn(error)
  if (message === undefined) return known
  const said = classifyInBandError({ dialect: 'Cohere', error: { message } })
  // The message decides where it tells more than the word.
  return known === undefined || said.kind !== 'ServerError' ? said : { ...known, ...withMessage(said) }
}

function withMessage({ message }: Failure): Pick<Failure, 'message'> {
  return message === undefined ? {} : { message }
}

export interface Ending {
  readonly finish: Finish
  readonly hasRefusal: boolean
  readonly stopSequence?: string
}

/**
 * The word for a caller. A refusal whose text was shown ends as complete. An end of an unknown kind becomes `MAX_TOKENS`:
 * what came may be used, but it is not a whole answer.
 */
export function writeFinish({ finish, hasRefusal, stopSequence }: Ending): string {
  switch (finish) {
    case 'stop':
      return stopSequence === undefined ? 'COMPLETE' : 'STOP_SEQUENCE'
    case 'tool_calls':
      return 'TOOL_CALL'
    case 'refusal':
      return hasRefusal ? 'COMPLETE' : 'ERROR'
    case 'content_filter':
      return 'ERROR'
    case 'length':
    case 'other':
      return 'MAX_TOKENS'
  }
}
