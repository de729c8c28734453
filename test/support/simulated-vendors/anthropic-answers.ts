// Messages as Anthropic writes them, whole and as events.
import { errorBody, requestIdHeader } from './anthropic-errors.ts'
import type { Fault } from './faults.ts'
import { type Answer, inputTokens, outputTokens, type Question, textOfAnswer } from './plan-answer.ts'
import { cutAfter, sendCutJson, sendJson, type VendorCall, waitForWord } from './vendor-server.ts'

/** Words that leave before a stream is cut. */
const wordsBeforeCut = 4

export interface MessageAnswer {
  readonly call: VendorCall
  readonly question: Question
  readonly answer: Answer
  readonly fault: Fault
}

function messageId(call: VendorCall): string {
  return `msg_01Sim${String(call.number).padStart(19, '0')}`
}

function toolUseId(call: VendorCall, index: number): string {
  return `toolu_01Sim${String(call.number).padStart(10, '0')}${String(index).padStart(7, '0')}`
}

function usageOf(question: Question, output: number): Record<string, unknown> {
  return {
    input_tokens: inputTokens(question),
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: output,
    service_tier: 'standard',
  }
}

function stopReason({ answer, fault }: MessageAnswer): string {
  if (fault === 'refusal') return 'refusal'
  if (answer.kind === 'tools') return 'tool_use'
  return answer.isCutByLimit ? 'max_tokens' : 'end_turn'
}

function stopDetails({ fault }: MessageAnswer): unknown {
  if (fault !== 'refusal') return null
  return {
    type: 'refusal',
    category: 'simulated',
    explanation: 'This request was blocked by the simulated vendor.',
  }
}

function wholeContent({ call, answer, fault }: MessageAnswer): readonly unknown[] {
  if (fault === 'refusal') return []
  if (answer.kind === 'text') return [{ type: 'text', text: textOfAnswer(answer) }]
  return answer.calls.map((toolCall, index) => ({
    type: 'tool_use',
    id: toolUseId(call, index),
    name: toolCall.name,
    input: toolCall.input,
  }))
}

export function sendWholeMessage(given: MessageAnswer): void {
  const { call, fault } = given
  const isError = fault === 'in-band-error'
  const body = isError ? errorBody(call, 'overloaded_error', 'Overloaded') : wholeMessage(given)
  const isCut = fault === 'cut-before-content' || fault === 'cut-after-content'
  if (isCut) sendCutJson(call, body, requestIdHeader(call))
  else sendJson(call, 200, body, requestIdHeader(call))
}

function wholeMessage(given: MessageAnswer): unknown {
  return {
    model: given.question.model,
    id: messageId(given.call),
    type: 'message',
    role: 'assistant',
    content: wholeContent(given),
    stop_reason: stopReason(given),
    stop_sequence: null,
    stop_details: stopDetails(given),
    usage: usageOf(given.question, outputTokens(given.answer)),
  }
}

export async function streamMessage(given: MessageAnswer): Promise<void> {
  const { call, question, answer, fault } = given
  call.response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    ...requestIdHeader(call),
  })
  call.response.flushHeaders()
  if (fault === 'in-band-error') {
    call.response.end(
      event('error', { error: { details: null, type: 'overloaded_error', message: 'Overloaded' } }),
    )
    return
  }
  const opening = event('message_start', { message: openingMessage(given) })
  if (fault === 'cut-before-content') return cutAfter(call, opening)
  call.response.write(opening)
  const hasFinished = fault === 'refusal' || (await writeBlocks(given))
  if (!hasFinished) return
  const delta = { stop_reason: stopReason(given), stop_sequence: null, stop_details: stopDetails(given) }
  call.response.write(event('message_delta', { delta, usage: usageOf(question, outputTokens(answer)) }))
  call.response.end(event('message_stop', {}))
}

function openingMessage({ call, question }: MessageAnswer): unknown {
  return {
    model: question.model,
    id: messageId(call),
    type: 'message',
    role: 'assistant',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    usage: usageOf(question, 1),
  }
}

/** False when the stream broke off, by fault or because the caller has gone. */
async function writeBlocks(given: MessageAnswer): Promise<boolean> {
  const { call, fault } = given
  for (const [index, block] of blocksOf(given).entries()) {
    call.response.write(event('content_block_start', { index, content_block: block.opening }))
    if (index === 0) call.response.write(event('ping', {}))
    for (const [position, delta] of block.deltas.entries()) {
      if (!(await waitForWord(call))) return false
      const text = event('content_block_delta', { index, delta })
      if (fault === 'cut-after-content' && position === wordsBeforeCut) {
        cutAfter(call, text)
        return false
      }
      call.response.write(text)
    }
    call.response.write(event('content_block_stop', { index }))
  }
  return true
}

interface Block {
  readonly opening: unknown
  readonly deltas: readonly unknown[]
}

function blocksOf({ call, answer }: MessageAnswer): readonly Block[] {
  if (answer.kind === 'text') {
    const deltas = answer.pieces.map(text => ({ type: 'text_delta', text }))
    return [{ opening: { type: 'text', text: '' }, deltas }]
  }
  return answer.calls.map((toolCall, index) => {
    const text = JSON.stringify(toolCall.input)
    const middle = Math.ceil(text.length / 2)
    const pieces = ['', text.slice(0, middle), text.slice(middle)]
    return {
      opening: { type: 'tool_use', id: toolUseId(call, index), name: toolCall.name, input: {} },
      deltas: pieces.map(piece => ({ type: 'input_json_delta', partial_json: piece })),
    }
  })
}

/** One event; the JSON is padded before its closing brace, as the vendor's is. */
function event(type: string, members: Record<string, unknown>): string {
  const text = JSON.stringify({ type, ...members })
  const padding = ' '.repeat(text.length % 13)
  return `event: ${type}\ndata: ${text.slice(0, -1)}${padding}}\n\n`
}
