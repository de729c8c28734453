// Chat completions as OpenAI writes them, whole and as chunks.
import type { Fault } from './faults.ts'
import { requestIdHeader, serverError } from './openai-errors.ts'
import { type Answer, inputTokens, outputTokens, type Question, textOfAnswer } from './plan-answer.ts'
import { cutAfter, sendCutJson, sendJson, type VendorCall, waitForWord } from './vendor-server.ts'

const createdAt = 1_766_265_203
const fingerprint = 'fp_simulated00'
const refusalText = "I'm sorry, I can't assist with that request."
/** Words that leave before a stream is cut. */
const wordsBeforeCut = 4

export interface CompletionAnswer {
  readonly call: VendorCall
  readonly question: Question
  readonly answer: Answer
  readonly fault: Fault
}

function completionId(call: VendorCall): string {
  return `chatcmpl-sim${String(call.number).padStart(26, '0')}`
}

function callId(call: VendorCall, index: number): string {
  return `call_sim${String(call.number).padStart(12, '0')}${String(index).padStart(9, '0')}`
}

function usageOf({ question, answer }: CompletionAnswer): unknown {
  const prompt = inputTokens(question)
  const completion = outputTokens(answer)
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}

function finishReason({ answer, fault }: CompletionAnswer): string {
  if (fault === 'refusal') return 'stop'
  if (answer.kind === 'tools') return 'tool_calls'
  return answer.isCutByLimit ? 'length' : 'stop'
}

function wholeMessage({ call, answer, fault }: CompletionAnswer): unknown {
  const base = { role: 'assistant', annotations: [] }
  if (fault === 'refusal') return { ...base, content: null, refusal: refusalText }
  if (answer.kind === 'text') return { ...base, content: textOfAnswer(answer), refusal: null }
  const toolCalls = answer.calls.map((toolCall, index) => ({
    id: callId(call, index),
    type: 'function',
    function: { name: toolCall.name, arguments: JSON.stringify(toolCall.input) },
  }))
  return { ...base, content: null, refusal: null, tool_calls: toolCalls }
}

export function sendWholeCompletion(given: CompletionAnswer): void {
  const { call, fault } = given
  const body = fault === 'in-band-error' ? serverError : wholeCompletion(given)
  const isCut = fault === 'cut-before-content' || fault === 'cut-after-content'
  if (isCut) sendCutJson(call, body, requestIdHeader(call))
  else sendJson(call, 200, body, requestIdHeader(call))
}

function wholeCompletion(given: CompletionAnswer): unknown {
  return {
    id: completionId(given.call),
    object: 'chat.completion',
    created: createdAt,
    model: given.question.model,
    choices: [{ index: 0, message: wholeMessage(given), logprobs: null, finish_reason: finishReason(given) }],
    usage: usageOf(given),
    service_tier: 'default',
    system_fingerprint: fingerprint,
  }
}

export interface StreamedCompletion extends CompletionAnswer {
  readonly includeUsage: boolean
}

export async function streamCompletion(given: StreamedCompletion): Promise<void> {
  const { call, fault } = given
  call.response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    ...requestIdHeader(call),
  })
  call.response.flushHeaders()
  if (fault === 'in-band-error') {
    call.response.end(`data: ${JSON.stringify(serverError)}\n\n`)
    return
  }
  const opening = chunk(given, { role: 'assistant', content: '', refusal: null })
  if (fault === 'cut-before-content') return cutAfter(call, opening)
  call.response.write(opening)
  const hasFinished = await writeDeltas(given)
  if (!hasFinished) return
  call.response.write(chunk(given, {}, finishReason(given)))
  if (given.includeUsage) call.response.write(usageChunk(given))
  call.response.end('data: [DONE]\n\n')
}

/** False when the stream broke off, by fault or because the caller has gone. */
async function writeDeltas(given: StreamedCompletion): Promise<boolean> {
  const { call, fault } = given
  for (const [index, delta] of deltasOf(given).entries()) {
    if (!(await waitForWord(call))) return false
    if (fault === 'cut-after-content' && index === wordsBeforeCut) {
      cutAfter(call, chunk(given, delta))
      return false
    }
    call.response.write(chunk(given, delta))
  }
  return true
}

function deltasOf({ call, answer, fault }: StreamedCompletion): readonly unknown[] {
  if (fault === 'refusal') return [{ refusal: refusalText }]
  if (answer.kind === 'text') return answer.pieces.map(content => ({ content }))
  return answer.calls.flatMap((toolCall, index) => {
    const opening = { name: toolCall.name, arguments: '' }
    const text = JSON.stringify(toolCall.input)
    const middle = Math.ceil(text.length / 2)
    return [
      { tool_calls: [{ index, id: callId(call, index), type: 'function', function: opening }] },
      { tool_calls: [{ index, function: { arguments: text.slice(0, middle) } }] },
      { tool_calls: [{ index, function: { arguments: text.slice(middle) } }] },
    ]
  })
}

function chunk(given: StreamedCompletion, delta: unknown, finish: string | null = null): string {
  return event(given, {
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...(given.includeUsage ? { usage: null } : {}),
  })
}

function usageChunk(given: StreamedCompletion): string {
  return event(given, { choices: [], usage: usageOf(given) })
}

function event({ call, question }: StreamedCompletion, members: Record<string, unknown>): string {
  const body = {
    id: completionId(call),
    object: 'chat.completion.chunk',
    created: createdAt,
    model: question.model,
    service_tier: 'default',
    system_fingerprint: fingerprint,
    ...members,
  }
  return `data: ${JSON.stringify(body)}\n\n`
}
