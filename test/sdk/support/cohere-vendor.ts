// A simulated Cohere: chat (v2) whole and streamed, and embeddings.
import {
  type JsonRecord,
  numberOf,
  recordOf,
  recordsOf,
  textOf,
} from '../../support/simulated-vendors/json.ts'
import { inputTokens, outputTokens, type Question } from '../../support/simulated-vendors/plan-answer.ts'
import type {
  SimulatedVendor,
  VendorCall,
  VendorOptions,
} from '../../support/simulated-vendors/vendor-server.ts'
import {
  type Complaint,
  type ErrorAnswer,
  type NativeVendor,
  type Spoken,
  type StreamedAnswer,
  startNativeVendor,
  type Wish,
} from './native-vendor.ts'

export function startSimulatedCohere(options: VendorOptions): Promise<SimulatedVendor> {
  return startNativeVendor(cohere, options)
}

const cohere: NativeVendor = {
  pathOfBaseUrl: '',
  admits: call => call.headers['authorization'] === `Bearer ${call.options.apiKey}`,
  read,
  complain,
  whole,
  stream,
}

function read(call: VendorCall, body: JsonRecord): Wish | undefined {
  const model = textOf(body['model']) ?? ''
  if (call.path === '/v2/chat') {
    return { kind: 'completion', question: readQuestion(body, model), streams: body['stream'] === true }
  }
  if (call.path !== '/v2/embed') return undefined
  const texts = Array.isArray(body['texts']) ? body['texts'] : recordsOf(body['inputs'])
  const vectors = texts.map(() => [0.25, -0.5, 1])
  const meta = { api_version: { version: '2' }, billed_units: { input_tokens: 3 } }
  return {
    kind: 'other',
    model,
    body: {
      id: `sim-${call.number}`,
      embeddings: { float: vectors },
      texts,
      meta,
      response_type: 'embeddings_by_type',
    },
  }
}

function readQuestion(body: JsonRecord, model: string): Question {
  const messages = recordsOf(body['messages'])
  const isAfterResults = messages.at(-1)?.['role'] === 'tool'
  const maxTokens = numberOf(body['max_tokens'])
  const tools = recordsOf(body['tools'])
    .map(tool => recordOf(tool['function']))
    .map(declared => ({ name: textOf(declared['name']) ?? '', schema: recordOf(declared['parameters']) }))
  return {
    vendor: 'simulated Cohere',
    model,
    tools: isAfterResults ? [] : tools,
    mayCallInParallel: true,
    promptCharacters: JSON.stringify(messages).length,
    ...(maxTokens === undefined ? {} : { maxTokens }),
  }
}

function finishOf({ answer }: Spoken): string {
  if (answer.kind === 'tools') return 'TOOL_CALL'
  return answer.isCutByLimit ? 'MAX_TOKENS' : 'COMPLETE'
}

function usageOf({ question, answer }: Spoken): unknown {
  const tokens = { input_tokens: inputTokens(question), output_tokens: outputTokens(answer) }
  return { billed_units: tokens, tokens, cached_tokens: 0 }
}

function callsOf({ call, answer }: Spoken) {
  if (answer.kind === 'text') return []
  return answer.calls.map(({ name, input }, index) => ({
    id: `${name}_sim${call.number}${index}`,
    type: 'function',
    function: { name, arguments: JSON.stringify(input) },
  }))
}

function whole(spoken: Spoken): unknown {
  const { answer } = spoken
  const content =
    answer.kind === 'text'
      ? { content: [{ type: 'text', text: answer.pieces.join('') }] }
      : { tool_plan: 'I will look it up.', tool_calls: callsOf(spoken) }
  return {
    id: `sim-${spoken.call.number}`,
    finish_reason: finishOf(spoken),
    message: { role: 'assistant', ...content },
    usage: usageOf(spoken),
  }
}

function stream(spoken: Spoken): StreamedAnswer {
  const { answer, call } = spoken
  const begin = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] }
  const end = { finish_reason: finishOf(spoken), usage: usageOf(spoken) }
  const opening = [event('message-start', { id: `sim-${call.number}`, delta: { message: begin } })]
  const closing = [event('message-end', { delta: end }), 'data: [DONE]\n\n']
  const words =
    answer.kind === 'text'
      ? textEvents(answer.pieces)
      : callsOf(spoken).flatMap((one, index) => callEvents(one, index))
  return { contentType: 'text/event-stream', opening, words, closing }
}

function textEvents(pieces: readonly string[]): readonly string[] {
  const start = { index: 0, delta: { message: { content: { type: 'text', text: '' } } } }
  return [
    event('content-start', start),
    ...pieces.map(text => event('content-delta', { index: 0, delta: { message: { content: { text } } } })),
    event('content-end', { index: 0 }),
  ]
}

function callEvents(one: ReturnType<typeof callsOf>[number], index: number): readonly string[] {
  const { name, arguments: text } = one.function
  const start = { ...one, function: { name, arguments: '' } }
  const pieces = [text.slice(0, 4), text.slice(4)]
  return [
    event('tool-call-start', { index, delta: { message: { tool_calls: start } } }),
    ...pieces.map(piece =>
      event('tool-call-delta', {
        index,
        delta: { message: { tool_calls: { function: { arguments: piece } } } },
      }),
    ),
    event('tool-call-end', { index }),
  ]
}

function event(type: string, members: Record<string, unknown>): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`
}

const complaints: Readonly<Record<Complaint, readonly [number, string]>> = {
  'wrong-key': [401, 'invalid api token'],
  'unknown-path': [404, 'page not found'],
  'rate-limited': [429, 'You are using a trial key, which is limited to 10 API calls / minute.'],
  'server-error': [500, 'internal server error'],
  overloaded: [503, 'service unavailable'],
  'context-overflow': [400, 'too many tokens: size limit exceeded by 11326 tokens.'],
}

function complain(complaint: Complaint, call: VendorCall): ErrorAnswer {
  const [status, message] = complaints[complaint]
  const type = complaint === 'context-overflow' ? { error_type: 'TOO_MANY_TOKENS' } : {}
  return { status, body: { id: `sim-${call.number}`, message, ...type } }
}
