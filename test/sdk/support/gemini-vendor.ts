// A simulated Gemini API: generateContent whole and streamed, embeddings, token counts.
import {
  isRecord,
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

export function startSimulatedGemini(options: VendorOptions): Promise<SimulatedVendor> {
  return startNativeVendor(gemini, options)
}

const gemini: NativeVendor = {
  pathOfBaseUrl: '',
  admits: call => call.headers['x-goog-api-key'] === call.options.apiKey,
  read,
  complain,
  whole: spoken => chunk(spoken, wholeParts(spoken), finishOf(spoken)),
  stream,
}

function read(call: VendorCall, body: JsonRecord): Wish | undefined {
  const [, model, operation] = /^\/v1beta\/models\/([^/:]+):(\w+)$/.exec(call.path) ?? []
  if (model === undefined) return undefined
  switch (operation) {
    case 'generateContent':
      return { kind: 'completion', question: readQuestion(body, model), streams: false }
    case 'streamGenerateContent':
      return { kind: 'completion', question: readQuestion(body, model), streams: true }
    case 'countTokens': {
      const totalTokens = inputTokens(readQuestion(body, model))
      return { kind: 'other', model, body: { totalTokens } }
    }
    case 'embedContent':
      return { kind: 'other', model, body: { embedding: { values: [0.25, -0.5, 1] } } }
    case 'batchEmbedContents': {
      const embeddings = recordsOf(body['requests']).map(() => ({ values: [0.25, -0.5, 1] }))
      return { kind: 'other', model, body: { embeddings } }
    }
    default:
      return undefined
  }
}

function readQuestion(body: JsonRecord, model: string): Question {
  const contents = recordsOf(body['contents'])
  const lastParts = recordsOf(contents.at(-1)?.['parts'])
  const isAfterResults = lastParts.some(part => 'functionResponse' in part)
  const generation = recordOf(body['generationConfig'])
  const maxTokens = numberOf(generation['maxOutputTokens'])
  const tools = recordsOf(body['tools'])
    .flatMap(tool => recordsOf(tool['functionDeclarations']))
    .map(declared => ({ name: textOf(declared['name']) ?? '', schema: readSchema(declared) }))
  return {
    vendor: 'simulated Gemini',
    model,
    tools: isAfterResults ? [] : tools,
    mayCallInParallel: true,
    promptCharacters: JSON.stringify(contents).length,
    ...(maxTokens === undefined ? {} : { maxTokens }),
  }
}

/** Types of this vendor's schemas may be written in capitals. */
function readSchema(declared: JsonRecord): JsonRecord {
  const schema =
    declared['parametersJsonSchema'] ?? declared['parameters_json_schema'] ?? declared['parameters']
  const lowered: unknown = JSON.parse(JSON.stringify(schema ?? {}), (name, value: unknown) =>
    name === 'type' && typeof value === 'string' ? value.toLowerCase() : value,
  )
  return isRecord(lowered) ? lowered : {}
}

function finishOf({ answer }: Spoken): string {
  return answer.kind === 'text' && answer.isCutByLimit ? 'MAX_TOKENS' : 'STOP'
}

function wholeParts({ answer }: Spoken): readonly unknown[] {
  if (answer.kind === 'text') return [{ text: answer.pieces.join('') }]
  return answer.calls.map(({ name, input }) => ({ functionCall: { name, args: input } }))
}

function chunk({ call, question, answer }: Spoken, parts: readonly unknown[], finish?: string): unknown {
  const prompt = inputTokens(question)
  const output = outputTokens(answer)
  return {
    candidates: [
      {
        content: { parts, role: 'model' },
        index: 0,
        ...(finish === undefined ? {} : { finishReason: finish }),
      },
    ],
    usageMetadata: {
      promptTokenCount: prompt,
      candidatesTokenCount: output,
      totalTokenCount: prompt + output,
    },
    modelVersion: question.model,
    responseId: `sim-${call.number}`,
  }
}

function stream(spoken: Spoken): StreamedAnswer {
  const { answer } = spoken
  const pieces =
    answer.kind === 'text' ? answer.pieces.map(text => [{ text }]) : wholeParts(spoken).map(part => [part])
  return {
    contentType: 'text/event-stream',
    opening: [],
    words: pieces.map(parts => event(chunk(spoken, parts))),
    closing: [event(chunk(spoken, [{ text: '' }], finishOf(spoken)))],
  }
}

function event(data: unknown): string {
  return `data: ${JSON.stringify(data)}\r\n\r\n`
}

const complaints: Readonly<Record<Complaint, readonly [number, string, string]>> = {
  'wrong-key': [400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.'],
  'unknown-path': [404, 'NOT_FOUND', 'Requested entity was not found.'],
  'rate-limited': [429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota. Please retry in 20s.'],
  'server-error': [500, 'INTERNAL', 'An internal error has occurred.'],
  overloaded: [503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'],
  'context-overflow': [
    400,
    'INVALID_ARGUMENT',
    'The input token count (1200000) exceeds the maximum number of tokens allowed (1048575).',
  ],
}

function complain(complaint: Complaint): ErrorAnswer {
  const [code, status, message] = complaints[complaint]
  const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '20s' }
  const details = complaint === 'rate-limited' ? { details: [retry] } : {}
  return { status: code, body: { error: { code, message, status, ...details } } }
}
