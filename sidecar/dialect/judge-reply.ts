// "200 OK" is not success: a complete answer has to be one.
import type { UpstreamAnswer } from '../chain/ports.ts'
import type { Failure } from '../failure/failure.ts'
import type { Choice, CompletionReply, ReplyPart } from './completion.ts'

const noChoices: Failure = { kind: 'InvalidResponse', detail: 'the answer has no choices', status: 200 }
const empty: Failure = { kind: 'InvalidResponse', detail: 'the answer is empty', status: 200 }

export interface Expectation {
  /** The caller named stop sequences: a normal stop may then legally leave nothing. */
  readonly hasStopSequences: boolean
}

/** Why a reply is no answer; undefined for one that is. A refusal is an answer here: what it means is the policy's affair. */
export function judgeReply(reply: CompletionReply, expectation: Expectation): Failure | undefined {
  if (reply.choices.length === 0) return noChoices
  return reply.choices.every(choice => isHollow(choice, expectation)) ? empty : undefined
}

function isHollow(choice: Choice, { hasStopSequences }: Expectation): boolean {
  if (choice.content.some(saysSomething)) return false
  switch (choice.finish) {
    // A cap may be spent before the first visible word, and a filter may leave nothing.
    case 'length':
    case 'content_filter':
    case 'refusal':
      return false
    case 'stop':
      return choice.stopSequence === undefined && !hasStopSequences
    default:
      return true
  }
}

/** Reasoning alone answers nobody. */
function saysSomething(part: ReplyPart): boolean {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return part.text !== ''
    case 'reasoning':
      return false
    default:
      return true
  }
}

/**
 * The provider's model refused, or its filter cut the answer: GuardrailBlocked, with the answer as it came when it is
 * handed in. Undefined for an answer that was given.
 */
export function refusalOf(reply: CompletionReply, answer?: UpstreamAnswer): Failure | undefined {
  const finish = reply.choices[0]?.finish
  if (finish !== 'refusal' && finish !== 'content_filter') return undefined
  const contentType = answer?.headers['content-type'] ?? 'application/json'
  return {
    kind: 'GuardrailBlocked',
    detail: finish === 'refusal' ? 'the model refused to answer' : 'the provider filtered the answer',
    status: answer?.status ?? 200,
    ...(answer && { answer: { status: answer.status, contentType, body: answer.body } }),
  }
}
