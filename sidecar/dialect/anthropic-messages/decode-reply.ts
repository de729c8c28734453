import { classifyInBandError } from '../../failure/classify-in-band.ts'
import type { Choice, CompletionReply, JsonObject, JsonValue, ReplyPart } from '../completion.ts'
import type { DecodedReply } from '../dialect.ts'
import { isGiven, isJsonList, isJsonObject, textIn } from '../json-value.ts'
import { readCitation } from './read-citation.ts'
import { finishOf } from './stop-reason.ts'
import { readUsage } from './usage.ts'

/** Never throws: a body that is no message is a failure, whatever its status was. */
export function decodeReply(body: JsonObject): DecodedReply {
  const usage = readUsage(body['usage'])
  if (body['type'] === 'error' || isGiven(body['error'])) {
    const failure = classifyInBandError({ dialect: 'Anthropic', error: body['error'] })
    return { kind: 'failed', failure, ...(usage !== undefined && { usage }) }
  }
  const content = body['content']
  if (!isJsonList(content)) {
    const failure = { kind: 'InvalidResponse', detail: 'the answer is not a message' } as const
    return { kind: 'failed', failure, ...(usage !== undefined && { usage }) }
  }
  const reply: CompletionReply = {
    id: textIn(body['id']) ?? '',
    model: textIn(body['model']) ?? '',
    choices: [decodeChoice(body, content)],
    ...(usage !== undefined && { usage }),
  }
  return { kind: 'reply', reply }
}

function decodeChoice(body: JsonObject, content: readonly JsonValue[]): Choice {
  const stopReason = textIn(body['stop_reason'])
  const stopSequence = textIn(body['stop_sequence'])
  return {
    content: content.flatMap(block => (isJsonObject(block) ? decodeBlock(block) : [])),
    finish: stopReason === undefined ? null : finishOf(stopReason),
    vendorFinish: stopReason ?? null,
    ...(stopSequence !== undefined && { stopSequence }),
  }
}

function decodeBlock(block: JsonObject): readonly ReplyPart[] {
  const type = textIn(block['type']) ?? 'unknown'
  switch (type) {
    case 'text': {
      const text = textIn(block['text']) ?? ''
      const cited = isJsonList(block['citations']) ? block['citations'] : []
      const citations = cited.flatMap(citation => readCitation(citation) ?? [])
      return text === '' ? [] : [{ kind: 'text', text, ...(citations.length > 0 && { citations }) }]
    }
    case 'tool_use':
      return [
        {
          kind: 'toolCall',
          id: textIn(block['id']) ?? '',
          name: textIn(block['name']) ?? '',
          argumentsText: JSON.stringify(block['input'] ?? {}),
        },
      ]
    case 'thinking': {
      const signature = textIn(block['signature'])
      const text = textIn(block['thinking']) ?? ''
      return [{ kind: 'reasoning', text, ...(signature !== undefined && { signature }) }]
    }
    case 'redacted_thinking':
      return [{ kind: 'reasoning', text: '', redactedData: textIn(block['data']) ?? '' }]
    default:
      return [{ kind: 'other', itemKind: type }]
  }
}
