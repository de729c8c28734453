// A simulated Bedrock runtime: Converse and, for bodies of the Anthropic format, InvokeModel, each whole and streamed.
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
import { frame } from './bedrock-frame.ts'
import * as invoked from './bedrock-invoked.ts'
import {
  type Complaint,
  type ErrorAnswer,
  type NativeVendor,
  type Spoken,
  type StreamedAnswer,
  startNativeVendor,
  type Wish,
} from './native-vendor.ts'

export function startSimulatedBedrock(options: VendorOptions): Promise<SimulatedVendor> {
  return startNativeVendor(bedrock, options)
}

const bedrock: NativeVendor = {
  pathOfBaseUrl: '',
  admits: call => call.headers['authorization'] === `Bearer ${call.options.apiKey}`,
  read,
  complain,
  whole: spoken => (isInvoked(spoken.call) ? invoked.whole(spoken) : whole(spoken)),
  stream: spoken => (isInvoked(spoken.call) ? invoked.stream(spoken) : stream(spoken)),
}

function isInvoked({ path }: VendorCall): boolean {
  return path.includes('/invoke')
}

function read(call: VendorCall, body: JsonRecord): Wish | undefined {
  const [, segment, operation] = /^\/model\/([^/]+)\/([a-z-]+)$/.exec(call.path) ?? []
  if (segment === undefined) return undefined
  const model = decodeURIComponent(segment)
  switch (operation) {
    case 'converse':
    case 'converse-stream':
      return {
        kind: 'completion',
        question: readQuestion(body, model),
        streams: operation === 'converse-stream',
      }
    case 'invoke':
      if ('inputText' in body) {
        return { kind: 'other', model, body: { embedding: [0.25, -0.5, 1], inputTextTokenCount: 3 } }
      }
      return { kind: 'completion', question: invoked.readQuestion(body, model), streams: false }
    case 'invoke-with-response-stream':
      return { kind: 'completion', question: invoked.readQuestion(body, model), streams: true }
    default:
      return undefined
  }
}

function readQuestion(body: JsonRecord, model: string): Question {
  const messages = recordsOf(body['messages'])
  const isAfterResults = recordsOf(messages.at(-1)?.['content']).some(block => 'toolResult' in block)
  const maxTokens = numberOf(recordOf(body['inferenceConfig'])['maxTokens'])
  const tools = recordsOf(recordOf(body['toolConfig'])['tools'])
    .map(tool => recordOf(tool['toolSpec']))
    .map(spec => ({
      name: textOf(spec['name']) ?? '',
      schema: recordOf(recordOf(spec['inputSchema'])['json']),
    }))
  return {
    vendor: 'simulated Bedrock',
    model,
    tools: isAfterResults ? [] : tools,
    mayCallInParallel: true,
    promptCharacters: JSON.stringify(messages).length,
    ...(maxTokens === undefined ? {} : { maxTokens }),
  }
}

function stopReason({ answer }: Spoken): string {
  if (answer.kind === 'tools') return 'tool_use'
  return answer.isCutByLimit ? 'max_tokens' : 'end_turn'
}

function usageOf({ question, answer }: Spoken): unknown {
  const input = inputTokens(question)
  const output = outputTokens(answer)
  return { inputTokens: input, outputTokens: output, totalTokens: input + output }
}

function whole(spoken: Spoken): unknown {
  const { answer, call } = spoken
  const content =
    answer.kind === 'text'
      ? [{ text: answer.pieces.join('') }]
      : answer.calls.map(({ name, input }, index) => ({
          toolUse: { toolUseId: `tooluse_sim${call.number}${index}`, name, input },
        }))
  return {
    output: { message: { role: 'assistant', content } },
    stopReason: stopReason(spoken),
    usage: usageOf(spoken),
    metrics: { latencyMs: 5 },
  }
}

function stream(spoken: Spoken): StreamedAnswer {
  return {
    contentType: 'application/vnd.amazon.eventstream',
    opening: [frame('messageStart', { role: 'assistant' })],
    words: wordsOf(spoken),
    closing: [
      frame('messageStop', { stopReason: stopReason(spoken) }),
      frame('metadata', { usage: usageOf(spoken), metrics: { latencyMs: 5 } }),
    ],
  }
}

function wordsOf({ answer, call }: Spoken): readonly Uint8Array[] {
  if (answer.kind === 'text') {
    const deltas = answer.pieces.map(text =>
      frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text } }),
    )
    return [...deltas, frame('contentBlockStop', { contentBlockIndex: 0 })]
  }
  return answer.calls.flatMap(({ name, input }, contentBlockIndex) => {
    const toolUse = { toolUseId: `tooluse_sim${call.number}${contentBlockIndex}`, name }
    const text = JSON.stringify(input)
    return [
      frame('contentBlockStart', { contentBlockIndex, start: { toolUse } }),
      ...[text.slice(0, 4), text.slice(4)].map(piece =>
        frame('contentBlockDelta', { contentBlockIndex, delta: { toolUse: { input: piece } } }),
      ),
      frame('contentBlockStop', { contentBlockIndex }),
    ]
  })
}

const complaints: Readonly<Record<Complaint, readonly [number, string, string]>> = {
  'wrong-key': [403, 'UnrecognizedClientException', 'The security token included in the request is invalid.'],
  'unknown-path': [404, 'UnknownOperationException', 'unknown operation'],
  'rate-limited': [429, 'ThrottlingException', 'Too many requests, please wait before trying again.'],
  'server-error': [500, 'InternalServerException', 'The system encountered an unexpected error.'],
  overloaded: [503, 'ServiceUnavailableException', 'Bedrock is unable to process your request.'],
  'context-overflow': [400, 'ValidationException', 'Input is too long for requested model.'],
}

function complain(complaint: Complaint): ErrorAnswer {
  const [status, name, message] = complaints[complaint]
  const headers = { 'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/` }
  return { status, body: { message }, headers }
}
