import type {
  Citation,
  CompletionReply,
  JsonObject,
  RefusalPart,
  ReplyPart,
  TextPart,
  ToolCallPart,
} from '../completion.ts'
import { wireCitedText } from './citations.ts'
import { parseArguments } from './json-reading.ts'
import { toolUseId } from './native-id.ts'
import { stopReasonOf } from './stop-reason.ts'
import { wireUsage } from './usage.ts'

/** Clients expect a time, and who answered across formats measured none. */
export const noMetrics: JsonObject = { latencyMs: 0 }

/** A whole answer. The wire knows one choice: the first. */
export function encodeReply(reply: CompletionReply): JsonObject {
  const choice = reply.choices[0]
  const parts = choice?.content ?? []
  const stopReason = stopReasonOf({
    finish: choice?.finish ?? null,
    vendorFinish: choice?.vendorFinish ?? null,
    ...(choice?.stopSequence !== undefined && { stopSequence: choice.stopSequence }),
    hasToolCalls: parts.some(part => part.kind === 'toolCall'),
  })
  return {
    output: { message: { role: 'assistant', content: encodeContent(parts) } },
    stopReason,
    ...(choice?.stopSequence !== undefined && {
      additionalModelResponseFields: { stop_sequence: choice.stopSequence },
    }),
    usage: wireUsage(reply.usage ?? {}),
    metrics: noMetrics,
  }
}

/** Neighbouring texts share a block, as they do when they are streamed; a text with its sources has its own. */
function encodeContent(parts: readonly ReplyPart[]): readonly JsonObject[] {
  const blocks: JsonObject[] = []
  let text = ''
  const closeText = () => {
    if (text !== '') blocks.push({ text })
    text = ''
  }
  for (const part of parts) {
    // Reasoning stays out: without a signature of this vendor's own the caller could never send it back.
    if (part.kind === 'reasoning' || part.kind === 'other') continue
    if (part.kind === 'toolCall' || hasCitations(part)) {
      closeText()
      blocks.push(part.kind === 'toolCall' ? toolUse(part) : wireCitedText(part.text, part.citations))
    } else text += part.text
  }
  closeText()
  return blocks
}

function hasCitations(
  part: TextPart | RefusalPart,
): part is TextPart & { readonly citations: readonly Citation[] } {
  return part.kind === 'text' && part.citations !== undefined && part.citations.length > 0
}

function toolUse(part: ToolCallPart): JsonObject {
  return {
    toolUse: {
      toolUseId: toolUseId(part.id),
      name: part.name,
      input: parseArguments(part.argumentsText) ?? { unparsed: part.argumentsText },
    },
  }
}
