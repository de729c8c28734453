// Answers of the Responses API, whole and as its numbered events.
import {
  isRecord,
  type JsonRecord,
  numberOf,
  recordOf,
  recordsOf,
  textOf,
} from '../../support/simulated-vendors/json.ts'
import { inputTokens, outputTokens, type Question } from '../../support/simulated-vendors/plan-answer.ts'
import type { Spoken, StreamedAnswer } from './native-vendor.ts'

export function readQuestion(body: JsonRecord, model: string): Question {
  const items = recordsOf(body['input'])
  const maxTokens = numberOf(body['max_output_tokens'])
  const tools = recordsOf(body['tools']).map(tool => ({
    name: textOf(tool['name']) ?? '',
    schema: readParameters(tool),
  }))
  const { schema } = recordOf(recordOf(body['text'])['format'])
  return {
    vendor: 'simulated OpenAI',
    model,
    tools: items.at(-1)?.['type'] === 'function_call_output' ? [] : tools,
    mayCallInParallel: true,
    promptCharacters: JSON.stringify(body['input'] ?? '').length,
    ...(isRecord(schema) ? { answerSchema: schema } : {}),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  }
}

function readParameters(tool: JsonRecord): JsonRecord {
  return recordsOf([tool['parameters']])[0] ?? {}
}

function idOf({ call }: Spoken, prefix: string, index: number): string {
  return `${prefix}_sim${String(call.number).padStart(20, '0')}${index}`
}

function finishedItems(spoken: Spoken): readonly JsonRecord[] {
  const { answer } = spoken
  if (answer.kind === 'text') return [messageItem(spoken, 'completed', [textPart(answer.pieces.join(''))])]
  return answer.calls.map((call, index) => callItem(spoken, index, JSON.stringify(call.input)))
}

function textPart(text: string): JsonRecord {
  return { type: 'output_text', text, annotations: [], logprobs: [] }
}

function messageItem(spoken: Spoken, status: string, content: readonly unknown[]): JsonRecord {
  return { id: idOf(spoken, 'msg', 0), type: 'message', status, role: 'assistant', content }
}

function callItem(spoken: Spoken, index: number, text: string): JsonRecord {
  const name = spoken.answer.kind === 'tools' ? (spoken.answer.calls[index]?.name ?? '') : ''
  return {
    id: idOf(spoken, 'fc', index),
    type: 'function_call',
    status: text === '' ? 'in_progress' : 'completed',
    name,
    call_id: idOf(spoken, 'call', index),
    arguments: text,
  }
}

function response(spoken: Spoken, status: string, output: readonly unknown[]): JsonRecord {
  const { question, answer } = spoken
  const input = inputTokens(question)
  const written = outputTokens(answer)
  const usage = {
    input_tokens: input,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: written,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + written,
  }
  return {
    id: idOf(spoken, 'resp', 0),
    object: 'response',
    created_at: 1_766_265_203,
    status,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    instructions: null,
    metadata: {},
    model: question.model,
    output,
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    usage: status === 'in_progress' ? null : usage,
  }
}

function endOf({ answer }: Spoken): 'completed' | 'incomplete' {
  return answer.kind === 'text' && answer.isCutByLimit ? 'incomplete' : 'completed'
}

export function whole(spoken: Spoken): unknown {
  return response(spoken, endOf(spoken), finishedItems(spoken))
}

interface Event extends JsonRecord {
  readonly type: string
}

export function stream(spoken: Spoken): StreamedAnswer {
  const begun = response(spoken, 'in_progress', [])
  const opening: readonly Event[] = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
  ]
  const { before, words, after } = spoken.answer.kind === 'text' ? textEvents(spoken) : callEvents(spoken)
  const last: Event = { type: `response.${endOf(spoken)}`, response: whole(spoken) }
  let number = 0
  const write = (event: Event) =>
    `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: number++ })}\n\n`
  return {
    contentType: 'text/event-stream; charset=utf-8',
    opening: [...opening, ...before].map(write),
    words: words.map(write),
    closing: [...after, last].map(write),
  }
}

interface Phases {
  readonly before: readonly Event[]
  readonly words: readonly Event[]
  readonly after: readonly Event[]
}

function textEvents(spoken: Spoken): Phases {
  const pieces = spoken.answer.kind === 'text' ? spoken.answer.pieces : []
  const text = pieces.join('')
  const place = { item_id: idOf(spoken, 'msg', 0), output_index: 0, content_index: 0 }
  const opened = messageItem(spoken, 'in_progress', [])
  return {
    before: [
      { type: 'response.output_item.added', output_index: 0, item: opened },
      { type: 'response.content_part.added', ...place, part: textPart('') },
    ],
    words: pieces.map(delta => ({ type: 'response.output_text.delta', ...place, delta, logprobs: [] })),
    after: [
      { type: 'response.output_text.done', ...place, text, logprobs: [] },
      { type: 'response.content_part.done', ...place, part: textPart(text) },
      { type: 'response.output_item.done', output_index: 0, item: finishedItems(spoken)[0] },
    ],
  }
}

function callEvents(spoken: Spoken): Phases {
  const words = finishedItems(spoken).flatMap((item, index) => {
    const text = textOf(item['arguments']) ?? ''
    const place = { item_id: idOf(spoken, 'fc', index), output_index: index }
    return [
      { type: 'response.output_item.added', output_index: index, item: callItem(spoken, index, '') },
      ...[text.slice(0, 4), text.slice(4)].map(delta => ({
        type: 'response.function_call_arguments.delta',
        ...place,
        delta,
      })),
      { type: 'response.function_call_arguments.done', ...place, arguments: text },
      { type: 'response.output_item.done', output_index: index, item },
    ]
  })
  return { before: [], words, after: [] }
}
