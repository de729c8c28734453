// Why an answer ended, both ways. Tool calls end with STOP here: only the parts tell.
import type { Failure } from '../../failure/failure.ts'
import type { Finish } from '../completion.ts'

const meanings: Readonly<Record<string, Finish>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  MODEL_ARMOR: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
}

/** The server refuses the call that its own model made: nothing the caller did wrong, and no answer either. */
const brokenCalls: ReadonlySet<string> = new Set([
  'MALFORMED_FUNCTION_CALL',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
  'MALFORMED_RESPONSE',
])

const brokenCall: Failure = {
  kind: 'InvalidResponse',
  detail: 'the model made a tool call that its own server refuses',
  status: 200,
}

/** An unknown word is `other`, never a normal stop. */
export function readFinish(vendorFinish: string, hasToolCalls: boolean): Finish {
  const finish = Object.hasOwn(meanings, vendorFinish) ? (meanings[vendorFinish] ?? 'other') : 'other'
  return finish === 'stop' && hasToolCalls ? 'tool_calls' : finish
}

/** The failure that stands in the place of a finish reason. */
export function brokenCallIn(vendorFinish: string | undefined): Failure | undefined {
  return vendorFinish !== undefined && brokenCalls.has(vendorFinish) ? brokenCall : undefined
}

/** The word for a caller. The vendor's own says more than ours, where it means the same. */
export function writeFinish(finish: Finish | null, vendorFinish: string | null): string {
  if (vendorFinish !== null && Object.hasOwn(meanings, vendorFinish) && meanings[vendorFinish] === finish) {
    return vendorFinish
  }
  switch (finish) {
    case null:
    case 'stop':
    case 'tool_calls':
      return 'STOP'
    case 'length':
      return 'MAX_TOKENS'
    case 'content_filter':
    case 'refusal':
      return 'SAFETY'
    case 'other':
      return 'OTHER'
  }
}
