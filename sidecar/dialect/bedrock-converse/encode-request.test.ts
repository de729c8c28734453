import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CompletionRequest, JsonObject, Message } from '../completion.ts'
import type { RequestChange } from '../dialect.ts'
import { answerTool } from './answer-tool.ts'
import { encodeRequest } from './encode-request.ts'

const claude = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const nova = 'amazon.nova-lite-v1:0'
const profile = 'arn:aws:bedrock:us-east-1:000000000000:application-inference-profile/abc'

const hello: Message = { role: 'user', content: [{ kind: 'text', text: 'hi' }] }

function encode(change: Partial<CompletionRequest>, model = claude, more: Partial<RequestChange> = {}) {
  const request: CompletionRequest = {
    model: 'asked',
    stream: false,
    messages: [hello],
    tools: [],
    untranslated: [],
    ...change,
  }
  return encodeRequest(request, { model, wantUsage: false, ...more })
}

test('a plain question has no more than it needs', () => {
  assert.deepEqual(encode({}), {
    body: { messages: [{ role: 'user', content: [{ text: 'hi' }] }] },
    lost: [],
    headers: {},
  })
})

test('tools that may not be called are left out', () => {
  const tools = [{ name: 'f', parameters: {} }]
  assert.equal(encode({ tools, toolChoice: { kind: 'none' } }).body['toolConfig'], undefined)
  const { body, lost } = encode({ tools, toolChoice: { kind: 'required' }, parallelToolCalls: false })
  assert.deepEqual(body['toolConfig'], {
    tools: [{ toolSpec: { name: 'f', inputSchema: { json: { type: 'object' } } } }],
    toolChoice: { any: {} },
  })
  assert.deepEqual(lost, ['parallelToolCalls'])
})

test('sampling stays within the bounds of the wire and of the model', () => {
  const wish = { temperature: 1.5, topP: 0.5, topK: 4, maxOutputTokens: 100, stop: ['x', ' '] }
  const onClaude = encode(wish)
  assert.deepEqual(onClaude.body['inferenceConfig'], { maxTokens: 100, temperature: 1, stopSequences: ['x'] })
  assert.deepEqual(onClaude.body['additionalModelRequestFields'], { top_k: 4 })
  assert.deepEqual(onClaude.body['additionalModelResponseFieldPaths'], ['/stop_sequence'])
  assert.deepEqual([...onClaude.lost].sort(), ['stop', 'temperature', 'topP'])
  const onNova = encode({ temperature: 0.5, topP: 0.5, topK: 4 }, nova)
  assert.deepEqual(onNova.body['inferenceConfig'], { temperature: 0.5, topP: 0.5 })
  assert.deepEqual(onNova.body['additionalModelRequestFields'], { inferenceConfig: { topK: 4 } })
  assert.deepEqual(encode({ topK: 4 }, profile).lost, ['topK'])
})

test('the newest models are asked without what they refuse', () => {
  const wish = {
    temperature: 0,
    topP: 0.5,
    topK: 4,
    reasoning: { budgetTokens: 2000 },
    maxOutputTokens: 4000,
  }
  const { body, lost } = encode(wish, 'global.anthropic.claude-opus-4-7')
  assert.deepEqual(body['inferenceConfig'], { maxTokens: 4000 })
  assert.equal(body['additionalModelRequestFields'], undefined)
  assert.deepEqual([...lost].sort(), ['reasoning', 'temperature', 'topK', 'topP'])
})

test('the cap of the policy is set where the caller asked for nothing or more', () => {
  const cap = { maxOutputTokens: 50 }
  assert.deepEqual(encode({}, claude, cap).body['inferenceConfig'], { maxTokens: 50 })
  assert.deepEqual(encode({ maxOutputTokens: 70 }, claude, cap).body['inferenceConfig'], { maxTokens: 50 })
  const limited = encode({ maxOutputTokens: 70 }, claude, { modelMaxOutputTokens: 60 })
  assert.deepEqual(limited.body['inferenceConfig'], { maxTokens: 60 })
  assert.deepEqual(limited.lost, ['maxOutputTokens'])
})

test('thinking is asked for where it cannot make the call invalid', () => {
  const wish = { reasoning: { budgetTokens: 2000 }, maxOutputTokens: 4000, temperature: 0.5 }
  const { body, lost } = encode(wish)
  assert.deepEqual(body['additionalModelRequestFields'], {
    thinking: { type: 'enabled', budget_tokens: 2000 },
  })
  assert.deepEqual(body['inferenceConfig'], { maxTokens: 4000 })
  assert.deepEqual(lost, ['temperature'])
  assert.deepEqual(encode({ ...wish, maxOutputTokens: 1500 }).lost, ['reasoning'])
  assert.deepEqual(encode(wish, nova).lost, ['reasoning'])
  const effort = encode({ reasoning: { effort: 'low' } }, 'openai.gpt-oss-120b-1:0')
  assert.deepEqual(effort.body['additionalModelRequestFields'], { reasoning_effort: 'low' })
  assert.deepEqual(effort.lost, [])
})

const schema: JsonObject = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}
const format = { responseFormat: { kind: 'jsonSchema', name: 'answer', schema } } as const

test('a schema is enforced by models that can, and asked for as the input of a tool elsewhere', () => {
  const native = encode(format)
  assert.deepEqual(native.lost, [])
  assert.deepEqual(native.body['outputConfig'], {
    textFormat: {
      type: 'json_schema',
      structure: { jsonSchema: { schema: JSON.stringify(schema), name: 'answer' } },
    },
  })
  const byTool = encode(format, nova)
  assert.deepEqual(byTool.lost, ['responseFormat'])
  assert.deepEqual(byTool.body['toolConfig'], {
    tools: [{ toolSpec: { name: answerTool, inputSchema: { json: schema } } }],
    toolChoice: { tool: { name: answerTool } },
  })
})

test('where the model may also call a tool it has to call one or answer', () => {
  const { body } = encode({ ...format, tools: [{ name: 'f', parameters: {} }] }, nova)
  assert.match(JSON.stringify(body['toolConfig']), /"toolChoice":\{"any":\{\}\}/)
})

test('parameters without a word on this wire are named', () => {
  const { lost } = encode({
    seed: 1,
    frequencyPenalty: 1,
    presencePenalty: 1,
    choices: 2,
    logprobs: {},
    endUser: 'u',
    serviceTier: 'standard_only',
  })
  assert.deepEqual([...lost].sort(), [
    'choices',
    'endUser',
    'frequencyPenalty',
    'logprobs',
    'presencePenalty',
    'seed',
    'serviceTier',
  ])
})
