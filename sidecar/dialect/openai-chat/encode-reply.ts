// A neutral answer as a complete `chat.completion`.
import type {
  Choice,
  CompletionReply,
  JsonObject,
  JsonValue,
  ReplyPart,
  ToolCallPart,
} from '../completion.ts'
import { writeAnnotation } from './annotations.ts'
import { writeFinish } from './finish-reasons.ts'
import { writeLogprobs } from './logprobs.ts'
import { nativeReplyId } from './native-id.ts'
import { writeUsage } from './usage.ts'

/** Usage is left out when nobody told any. Parts that only another vendor's clients understand are left out, too. */
export function encodeReply(reply: CompletionReply): JsonObject {
  return {
    id: nativeReplyId(reply.id),
    object: 'chat.completion',
    created: reply.created ?? 0,
    model: reply.model,
    choices: reply.choices.map(encodeChoice),
    ...(reply.usage && { usage: writeUsage(reply.usage) }),
  }
}

function encodeChoice(choice: Choice, index: number): JsonObject {
  const text = joined(choice.content, 'text')
  const refusal = joined(choice.content, 'refusal')
  const reasoning = joined(choice.content, 'reasoning')
  const calls = choice.content.filter(part => part.kind === 'toolCall')
  const message: Record<string, JsonValue> = {
    role: 'assistant',
    // Clients expect text or null, and null where an answer consists of calls or of a refusal.
    content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
    refusal: refusal === '' ? null : refusal,
  }
  if (reasoning !== '') message.reasoning_content = reasoning
  if (calls.length > 0) message.tool_calls = calls.map(encodeCall)
  const annotations = annotationsIn(choice.content)
  if (annotations.length > 0) message.annotations = annotations
  const finish = choice.finish ?? (calls.length > 0 ? 'tool_calls' : 'stop')
  const logprobs = choice.logprobs === undefined ? null : writeLogprobs(choice.logprobs)
  return { index, message, logprobs, finish_reason: writeFinish(finish, refusal !== '') }
}

/** The texts of an answer become one: places in a later one move behind the earlier ones. */
function annotationsIn(content: readonly ReplyPart[]): readonly JsonObject[] {
  const annotations: JsonObject[] = []
  let offset = 0
  for (const part of content) {
    if (part.kind !== 'text') continue
    for (const citation of part.citations ?? []) {
      const annotation = writeAnnotation(citation, { offset, length: part.text.length })
      if (annotation !== undefined) annotations.push(annotation)
    }
    offset += part.text.length
  }
  return annotations
}

function joined(content: readonly ReplyPart[], kind: 'text' | 'refusal' | 'reasoning'): string {
  return content.map(part => (part.kind === kind ? part.text : '')).join('')
}

export function encodeCall(call: ToolCallPart): JsonObject {
  return {
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.argumentsText === '' ? '{}' : call.argumentsText },
  }
}
