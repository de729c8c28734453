// A neutral answer as a complete `chat.completion`.
import type {
  Choice,
  CompletionReply,
  JsonObject,
  JsonValue,
  ReplyPart,
  ToolCallPart,
} from '../completion.ts'
import { writeFinish } from './finish-reasons.ts'
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
  const finish = choice.finish ?? (calls.length > 0 ? 'tool_calls' : 'stop')
  return { index, message, logprobs: null, finish_reason: writeFinish(finish, refusal !== '') }
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
