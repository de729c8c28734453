// A neutral answer as a complete generateContent response.
import type {
  Choice,
  Citation,
  CompletionReply,
  JsonObject,
  ReplyPart,
  TokenLogprob,
  ToolCallPart,
} from '../completion.ts'
import { writeGrounding } from './citations.ts'
import { encodeFunctionCall } from './encode-parts.ts'
import { writeFinish } from './finish-reasons.ts'
import { writeLogprobs } from './logprobs.ts'
import { encodeSignature, foreignCallSignatureForCallers } from './signatures.ts'
import { writeUsage } from './usage.ts'

/** Usage is left out when nobody told any. Parts that only another vendor's clients understand are left out, too. */
export function encodeReply(reply: CompletionReply): JsonObject {
  return {
    candidates: reply.choices.map(encodeChoice),
    ...(reply.usage && { usageMetadata: writeUsage(reply.usage) }),
    modelVersion: reply.model,
    ...(reply.created !== undefined && { createTime: new Date(reply.created * 1000).toISOString() }),
    responseId: reply.id,
  }
}

function encodeChoice(choice: Choice, index: number): JsonObject {
  const texts = choice.content.filter(part => part.kind === 'text')
  return encodeCandidate({
    index,
    parts: encodeParts(choice.content),
    finishReason: writeFinish(choice.finish, choice.vendorFinish),
    citations: texts.flatMap(part => part.citations ?? []),
    text: texts.map(part => part.text).join(''),
    logprobs: choice.logprobs ?? [],
  })
}

export interface CandidateEnd {
  readonly index: number
  readonly parts: readonly JsonObject[]
  readonly finishReason: string
  readonly citations: readonly Citation[]
  /** All that the candidate says, for the offsets of its citations. */
  readonly text: string
  readonly logprobs: readonly TokenLogprob[]
}

/** A candidate with its end: the whole of an answer, or the last of a stream. */
export function encodeCandidate(end: CandidateEnd): JsonObject {
  const groundingMetadata = writeGrounding(end.citations, end.text)
  const { index, parts, finishReason, logprobs } = end
  return {
    content: { ...(parts.length > 0 && { parts }), role: 'model' },
    finishReason,
    index,
    ...(groundingMetadata && { groundingMetadata }),
    ...(logprobs.length > 0 && { logprobsResult: writeLogprobs(logprobs) }),
  }
}

/** Parts as they came, so that words between calls stay between them. */
function encodeParts(content: readonly ReplyPart[]): readonly JsonObject[] {
  const calls = encodeCalls(content.filter(part => part.kind === 'toolCall'))
  const parts: JsonObject[] = []
  let next = 0
  for (const part of content) {
    const encoded = part.kind === 'toolCall' ? calls[next++] : encodePart(part)
    if (encoded !== undefined) parts.push(encoded)
  }
  return parts
}

function encodePart(part: Exclude<ReplyPart, ToolCallPart>): JsonObject | undefined {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return part.text === '' ? undefined : { text: part.text }
    case 'reasoning':
      return encodeThought(part.text, part.signature)
    case 'other':
      return undefined
  }
}

/** Readable thoughts; no signature but Google's own, for the client sends it back. */
export function encodeThought(text: string, signature: string | undefined): JsonObject | undefined {
  const thoughtSignature = encodeSignature(signature)
  if (text === '' && thoughtSignature === undefined) return undefined
  return { text, thought: true, ...(thoughtSignature !== undefined && { thoughtSignature }) }
}

/**
 * The calls of one answer. The client will send them back, perhaps to a model of Google's that refuses a call without a
 * signature: the first of a foreign answer carries the documented stand-in.
 */
export function encodeCalls(calls: readonly ToolCallPart[]): readonly JsonObject[] {
  return calls.map((call, index) => {
    const encoded = encodeFunctionCall(call)
    const isUnsigned = index === 0 && encodeSignature(call.signature) === undefined
    return isUnsigned ? { ...encoded, thoughtSignature: foreignCallSignatureForCallers } : encoded
  })
}
