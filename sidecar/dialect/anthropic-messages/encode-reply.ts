import type { CompletionReply, JsonObject, ReplyPart } from '../completion.ts'
import { parseArguments } from './json-reading.ts'
import { messageId, toolUseId } from './native-id.ts'
import { stopReasonOf } from './stop-reason.ts'
import { wireUsage } from './usage.ts'

/** A whole message. The wire knows one choice: the first. */
export function encodeReply(reply: CompletionReply): JsonObject {
  const choice = reply.choices[0]
  const parts = choice?.content ?? []
  const content = encodeContent(parts)
  const stopReason = stopReasonOf({
    finish: choice?.finish ?? null,
    vendorFinish: choice?.vendorFinish ?? null,
    ...(choice?.stopSequence !== undefined && { stopSequence: choice.stopSequence }),
    hasToolCalls: parts.some(part => part.kind === 'toolCall'),
  })
  return {
    id: messageId(reply.id),
    type: 'message',
    role: 'assistant',
    model: reply.model,
    content,
    stop_reason: stopReason,
    stop_sequence: choice?.stopSequence ?? null,
    stop_details: stopDetails(stopReason, refusalText(parts)),
    usage: wireUsage(reply.usage ?? {}),
  }
}

/** What goes with `stop_reason: refusal`; null for every other end. */
export function stopDetails(stopReason: string | null, explanation: string): JsonObject | null {
  if (stopReason !== 'refusal') return null
  return { type: 'refusal', category: null, explanation: explanation === '' ? null : explanation }
}

function refusalText(parts: readonly ReplyPart[]): string {
  return parts.map(part => (part.kind === 'refusal' ? part.text : '')).join('')
}

/** Neighbouring texts share a block, as they do when they are streamed. */
function encodeContent(parts: readonly ReplyPart[]): readonly JsonObject[] {
  const blocks: JsonObject[] = []
  let text = ''
  const closeText = () => {
    if (text !== '') blocks.push({ type: 'text', text })
    text = ''
  }
  for (const part of parts) {
    // Reasoning stays out: without a signature of this vendor's own the caller could never send it back.
    if (part.kind === 'text' || part.kind === 'refusal') text += part.text
    if (part.kind !== 'toolCall') continue
    closeText()
    blocks.push({
      type: 'tool_use',
      id: toolUseId(part.id),
      name: part.name,
      input: parseArguments(part.argumentsText) ?? { unparsed: part.argumentsText },
    })
  }
  closeText()
  return blocks
}
