// InvokeModel with a body of the Anthropic format: the answer is the model's own, streamed as base64 in frames.
import {
  type JsonRecord,
  numberOf,
  recordOf,
  recordsOf,
  textOf,
} from '../../support/simulated-vendors/json.ts'
import { inputTokens, outputTokens, type Question } from '../../support/simulated-vendors/plan-answer.ts'
import { frame } from './bedrock-frame.ts'
import type { Spoken, StreamedAnswer } from './native-vendor.ts'

export function readQuestion(body: JsonRecord, model: string): Question {
  const messages = recordsOf(body['messages'])
  const isAfterResults = recordsOf(messages.at(-1)?.['content']).some(part => part['type'] === 'tool_result')
  const tools = recordsOf(body['tools']).map(tool => ({
    name: textOf(tool['name']) ?? '',
    schema: recordOf(tool['input_schema']),
  }))
  return {
    vendor: 'simulated Bedrock',
    model,
    tools: isAfterResults ? [] : tools,
    mayCallInParallel: true,
    promptCharacters: JSON.stringify(messages).length,
    maxTokens: numberOf(body['max_tokens']) ?? 0,
  }
}

function stopReason({ answer }: Spoken): string {
  if (answer.kind === 'tools') return 'tool_use'
  return answer.isCutByLimit ? 'max_tokens' : 'end_turn'
}

function callsOf({ answer, call }: Spoken) {
  if (answer.kind === 'text') return []
  return answer.calls.map(({ name, input }, index) => ({
    type: 'tool_use',
    id: `toolu_bdrk_sim${call.number}${index}`,
    name,
    input,
  }))
}

function message(spoken: Spoken, content: readonly unknown[], stop: string | null): JsonRecord {
  return {
    id: `msg_bdrk_sim${spoken.call.number}`,
    type: 'message',
    role: 'assistant',
    model: spoken.question.model,
    content,
    stop_reason: stop,
    stop_sequence: null,
    usage: { input_tokens: inputTokens(spoken.question), output_tokens: outputTokens(spoken.answer) },
  }
}

export function whole(spoken: Spoken): unknown {
  const { answer } = spoken
  const content = answer.kind === 'text' ? [{ type: 'text', text: answer.pieces.join('') }] : callsOf(spoken)
  return message(spoken, content, stopReason(spoken))
}

export function stream(spoken: Spoken): StreamedAnswer {
  const delta = { stop_reason: stopReason(spoken), stop_sequence: null }
  const usage = { output_tokens: outputTokens(spoken.answer) }
  return {
    contentType: 'application/vnd.amazon.eventstream',
    opening: [chunk({ type: 'message_start', message: message(spoken, [], null) })],
    words: blocksOf(spoken),
    closing: [chunk({ type: 'message_delta', delta, usage }), chunk({ type: 'message_stop' })],
  }
}

function blocksOf(spoken: Spoken): readonly Uint8Array[] {
  const { answer } = spoken
  if (answer.kind === 'text') {
    const deltas = answer.pieces.map(text => ({ type: 'text_delta', text }))
    return blockOf(0, { type: 'text', text: '' }, deltas)
  }
  return callsOf(spoken).flatMap((call, index) => {
    const partial = { type: 'input_json_delta', partial_json: JSON.stringify(call.input) }
    return blockOf(index, { ...call, input: {} }, [partial])
  })
}

function blockOf(index: number, opening: unknown, deltas: readonly unknown[]): readonly Uint8Array[] {
  return [
    chunk({ type: 'content_block_start', index, content_block: opening }),
    ...deltas.map(delta => chunk({ type: 'content_block_delta', index, delta })),
    chunk({ type: 'content_block_stop', index }),
  ]
}

function chunk(event: unknown): Uint8Array {
  return frame('chunk', { bytes: Buffer.from(JSON.stringify(event)).toString('base64') })
}
