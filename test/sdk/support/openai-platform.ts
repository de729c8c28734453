// OpenAI's API with chat, the Responses API and embeddings behind one address, and the same as Azure serves it.
import { type JsonRecord, parseRecord, textOf } from '../../support/simulated-vendors/json.ts'
import { answerOpenAiCall } from '../../support/simulated-vendors/openai-vendor.ts'
import {
  type SimulatedVendor,
  startVendor,
  type VendorCall,
  type VendorOptions,
} from '../../support/simulated-vendors/vendor-server.ts'
import {
  answerCall,
  type Complaint,
  type ErrorAnswer,
  type NativeVendor,
  type Wish,
} from './native-vendor.ts'
import { readQuestion, stream, whole } from './responses-answers.ts'

export function startOpenAiPlatform(options: VendorOptions): Promise<SimulatedVendor> {
  return startVendor(options, '/v1', answer)
}

/** Deployments are named as the models that they run; the key is in a header of its own. */
export function startSimulatedAzure(options: VendorOptions): Promise<SimulatedVendor> {
  return startVendor(options, '', call => answer(asOpenAiCall(call)))
}

async function answer(call: VendorCall): Promise<void> {
  if (call.path === '/v1/chat/completions') return answerOpenAiCall(call)
  answerCall(responses, call)
}

function asOpenAiCall(call: VendorCall): VendorCall {
  const [, deployment, operation] = /^\/openai(?:\/deployments\/([^/]+)|\/v1)?(\/.*)$/.exec(call.path) ?? []
  const authorization = `Bearer ${call.headers['api-key'] ?? ''}`
  const body = deployment === undefined ? call.body : withModel(call.body, decodeURIComponent(deployment))
  return { ...call, path: `/v1${operation ?? call.path}`, headers: { ...call.headers, authorization }, body }
}

function withModel(text: string, model: string): string {
  return JSON.stringify({ ...parseRecord(text), model })
}

const responses: NativeVendor = {
  pathOfBaseUrl: '/v1',
  admits: call => call.headers['authorization'] === `Bearer ${call.options.apiKey}`,
  read,
  complain,
  whole,
  stream,
}

function read(call: VendorCall, body: JsonRecord): Wish | undefined {
  const model = textOf(body['model']) ?? ''
  if (call.path === '/v1/responses') {
    return { kind: 'completion', question: readQuestion(body, model), streams: body['stream'] === true }
  }
  if (call.path !== '/v1/embeddings') return undefined
  const inputs = Array.isArray(body['input']) ? body['input'] : [body['input']]
  const data = inputs.map((_, index) => ({
    object: 'embedding',
    index,
    embedding: vectorAs(textOf(body['encoding_format'])),
  }))
  const usage = { prompt_tokens: 3, total_tokens: 3 }
  return { kind: 'other', model, body: { object: 'list', data, model, usage } }
}

function vectorAs(encoding: string | undefined): unknown {
  const vector = [0.25, -0.5, 1]
  return encoding === 'base64' ? Buffer.from(new Float32Array(vector).buffer).toString('base64') : vector
}

const complaints: Readonly<Record<Complaint, readonly [number, string, string | null, string]>> = {
  'wrong-key': [401, 'invalid_request_error', 'invalid_api_key', 'Incorrect API key provided.'],
  'unknown-path': [404, 'invalid_request_error', null, 'Invalid URL'],
  'rate-limited': [429, 'tokens', 'rate_limit_exceeded', 'Rate limit reached. Please try again in 20s.'],
  'server-error': [500, 'server_error', null, 'The server had an error while processing your request.'],
  overloaded: [503, 'service_unavailable_error', 'server_is_overloaded', 'The server is overloaded.'],
  'context-overflow': [
    400,
    'invalid_request_error',
    'context_length_exceeded',
    'Your input exceeds the context window of this model.',
  ],
}

function complain(complaint: Complaint): ErrorAnswer {
  const [status, type, code, message] = complaints[complaint]
  const headers = complaint === 'rate-limited' ? { headers: { 'retry-after': '20' } } : {}
  return { status, body: { error: { message, type, param: null, code } }, ...headers }
}
