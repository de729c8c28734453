// A neutral answer as a complete Cohere chat answer.
import type { Choice, CompletionReply, JsonObject, JsonValue, TextPart, ToolCallPart } from '../completion.ts'
import { writeCitation } from './citations.ts'
import { writeFinish } from './finish-reasons.ts'
import { writeLogprobs } from './logprobs.ts'
import { offsetsOf } from './text-offsets.ts'
import { writeUsage } from './usage.ts'

/** The wire has one choice. Usage is left out when nobody told any. */
export function encodeReply(reply: CompletionReply): JsonObject {
  const [choice] = reply.choices
  const { usage } = reply
  return {
    id: reply.id,
    ...(choice === undefined ? {} : encodeChoice(choice)),
    ...(usage && { usage: writeUsage(usage) }),
  }
}

function encodeChoice(choice: Choice): JsonObject {
  const content: JsonObject[] = []
  const citations: JsonObject[] = []
  const calls: JsonObject[] = []
  for (const part of choice.content) {
    if (part.kind === 'toolCall') calls.push(encodeCall(part))
    else if (part.kind === 'reasoning' && part.text !== '') {
      // A signature has no place here: it means something to its own model only.
      content.push({ type: 'thinking', thinking: part.text })
    } else if (part.kind === 'refusal') content.push({ type: 'text', text: part.text })
    else if (part.kind === 'text') {
      citations.push(...citationsOf(part, content.length))
      content.push({ type: 'text', text: part.text })
    }
  }
  const message: Record<string, JsonValue> = { role: 'assistant' }
  if (content.length > 0 || calls.length === 0) message.content = content
  if (calls.length > 0) message.tool_calls = calls
  if (citations.length > 0) message.citations = citations
  return {
    finish_reason: finishOf(choice, calls.length > 0),
    message,
    ...(choice.logprobs !== undefined && { logprobs: writeLogprobs(choice.logprobs) }),
  }
}

function finishOf({ content, finish, stopSequence }: Choice, hasCalls: boolean): string {
  return writeFinish({
    finish: finish ?? (hasCalls ? 'tool_calls' : 'stop'),
    hasRefusal: content.some(part => part.kind === 'refusal' && part.text !== ''),
    ...(stopSequence !== undefined && { stopSequence }),
  })
}

function citationsOf({ text, citations = [] }: TextPart, index: number): readonly JsonObject[] {
  if (citations.length === 0) return []
  const offsets = offsetsOf(text)
  return citations.map(citation => writeCitation(citation, { text, index, offsets }))
}

export function encodeCall({ id, name, argumentsText }: ToolCallPart): JsonObject {
  return {
    id,
    type: 'function',
    function: { name, arguments: argumentsText === '' ? '{}' : argumentsText },
  }
}
