// A neutral answer as a complete response object.
import type { Choice, CompletionReply, JsonObject, ReplyPart, TokenLogprob, Usage } from '../completion.ts'
import { writeAnnotations } from './annotations.ts'
import { type WireEnd, writeFinish } from './finish-reasons.ts'
import { writeLogprobs } from './logprobs.ts'
import { nativeReplyId } from './native-id.ts'
import { callItem, itemId, messageItem, reasoningItem, refusalContent, textContent } from './output-items.ts'
import { writeUsage } from './usage.ts'

/** The wire knows one choice: the first. Parts that only another vendor's clients understand are left out. */
export function encodeReply(reply: CompletionReply): JsonObject {
  const id = nativeReplyId(reply.id)
  const choice = reply.choices[0]
  const hasRefusal = choice?.content.some(part => part.kind === 'refusal') ?? false
  const end = writeFinish(choice?.finish ?? null, hasRefusal)
  return writeResponse({
    id,
    model: reply.model,
    created: reply.created ?? 0,
    state: { kind: 'ended', end },
    output: choice === undefined ? [] : encodeOutput(choice, id, end.status),
    ...(reply.usage && { usage: reply.usage }),
  })
}

export interface ResponseFacts {
  readonly id: string
  readonly model: string
  readonly created: number
  readonly state:
    | { readonly kind: 'in_progress' }
    | { readonly kind: 'ended'; readonly end: WireEnd }
    | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  readonly output: readonly JsonObject[]
  readonly usage?: Partial<Usage>
}

/**
 * Every member that clients declare as present. What the caller asked is not repeated, and `store` is false: nobody can
 * look this answer up later.
 */
export function writeResponse({ id, model, created, state, output, usage }: ResponseFacts): JsonObject {
  const isComplete = state.kind === 'ended' && state.end.status === 'completed'
  const reason = state.kind === 'ended' ? state.end.reason : null
  return {
    id,
    object: 'response',
    created_at: created,
    status: state.kind === 'ended' ? state.end.status : state.kind,
    background: false,
    completed_at: isComplete ? created : null,
    error: state.kind === 'failed' ? { code: state.code, message: state.message } : null,
    incomplete_details: reason === null ? null : { reason },
    instructions: null,
    max_output_tokens: null,
    metadata: {},
    model,
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    service_tier: null,
    store: false,
    temperature: null,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: null,
    truncation: 'disabled',
    usage: usage === undefined ? null : writeUsage(usage),
  }
}

/** Neighbouring texts and refusals share a message; anything else ends it. */
function encodeOutput(choice: Choice, replyId: string, status: WireEnd['status']): readonly JsonObject[] {
  const output: JsonObject[] = []
  let content: JsonObject[] = []
  /** The neutral form tells the probabilities of an answer as a whole: they stand with its first text. */
  let logprobs = choice.logprobs ?? []
  const closeMessage = () => {
    if (content.length === 0) return
    output.push(messageItem(itemId('message', replyId, output.length), content, 'completed'))
    content = []
  }
  for (const part of choice.content) {
    const piece = encodeContent(part, logprobs)
    if (piece !== undefined) {
      content.push(piece)
      if (part.kind === 'text') logprobs = []
      continue
    }
    if (part.kind === 'toolCall') {
      closeMessage()
      const id = itemId('functionCall', replyId, output.length)
      const text = part.argumentsText === '' ? '{}' : part.argumentsText
      output.push(callItem({ id, callId: part.id, name: part.name, text }, 'completed'))
    } else if (part.kind === 'reasoning' && part.text !== '') {
      closeMessage()
      output.push(reasoningItem(itemId('reasoning', replyId, output.length), part.text))
    }
  }
  closeMessage()
  return withLastStatus(output, status)
}

function encodeContent(part: ReplyPart, logprobs: readonly TokenLogprob[]): JsonObject | undefined {
  if (part.kind === 'refusal') return refusalContent(part.text)
  if (part.kind !== 'text') return undefined
  const { text, citations = [] } = part
  return textContent({
    text,
    annotations: writeAnnotations(citations, text),
    logprobs: writeLogprobs(logprobs),
  })
}

/** What was cut is the item at the end. */
function withLastStatus(output: readonly JsonObject[], status: WireEnd['status']): readonly JsonObject[] {
  const last = output.at(-1)
  if (last === undefined || last.type === 'reasoning') return output
  return [...output.slice(0, -1), { ...last, status }]
}
