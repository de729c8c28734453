import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../completion.ts'
import { RequestRejected } from '../request-rejected.ts'
import { decodeRequest } from './decode-request.ts'

const head = { model: 'us.amazon.nova-lite-v1:0', stream: false }
const user = { role: 'user', content: [{ text: 'hi' }] }

function decode(body: JsonObject) {
  return decodeRequest({ messages: [user], ...body }, head)
}

test('model and streaming come from the path', () => {
  const request = decodeRequest({ messages: [user] }, { model: 'm', stream: true })
  assert.deepEqual(request, {
    model: 'm',
    stream: true,
    messages: [{ role: 'user', content: [{ kind: 'text', text: 'hi' }] }],
    tools: [],
    untranslated: [],
  })
})

test('parameters have their neutral words', () => {
  const request = decode({
    inferenceConfig: { maxTokens: 5, temperature: 0.5, topP: 0.9, stopSequences: ['x'] },
    additionalModelRequestFields: {
      top_k: 3,
      thinking: { type: 'enabled', budget_tokens: 2000 },
      metadata: { user_id: 'u' },
    },
    serviceTier: { type: 'flex' },
  })
  const { maxOutputTokens, temperature, topP, topK, stop, reasoning, endUser, serviceTier, untranslated } =
    request
  assert.deepEqual(
    { maxOutputTokens, temperature, topP, topK, stop, reasoning, endUser, serviceTier, untranslated },
    {
      maxOutputTokens: 5,
      temperature: 0.5,
      topP: 0.9,
      topK: 3,
      stop: ['x'],
      reasoning: { budgetTokens: 2000 },
      endUser: 'u',
      serviceTier: 'flex',
      untranslated: [],
    },
  )
})

test('the fields of other models have the same neutral words', () => {
  const nova = decode({ additionalModelRequestFields: { inferenceConfig: { topK: 7 } } })
  assert.equal(nova.topK, 7)
  const effort = decode({ additionalModelRequestFields: { reasoning_effort: 'low' } })
  assert.deepEqual(effort.reasoning, { effort: 'low' })
  assert.deepEqual(decode({ outputConfig: { effort: 'high' } }).reasoning, { effort: 'high' })
})

test('tools and the choice among them', () => {
  const parameters = { type: 'object', properties: {}, additionalProperties: false }
  const toolSpec = { name: 'f', description: 'd', inputSchema: { json: parameters }, strict: true }
  for (const [toolChoice, expected] of [
    [{ auto: {} }, { kind: 'auto' }],
    [{ any: {} }, { kind: 'required' }],
    [{ tool: { name: 'f' } }, { kind: 'tool', name: 'f' }],
  ] as const) {
    const request = decode({
      toolConfig: { tools: [{ toolSpec }, { systemTool: { name: 'grounding' } }], toolChoice },
    })
    assert.deepEqual(request.tools, [{ name: 'f', description: 'd', parameters, strict: true }])
    assert.deepEqual(request.toolChoice, expected)
    assert.deepEqual(request.untranslated, ['toolConfig.tools.systemTool'])
  }
})

test('the schema of an answer is read from its JSON text', () => {
  const schema = { type: 'object', properties: {}, additionalProperties: false }
  const jsonSchema = { name: 'n', description: 'd', schema: JSON.stringify(schema) }
  const request = decode({ outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } })
  assert.deepEqual(request.responseFormat, {
    kind: 'jsonSchema',
    name: 'n',
    schema,
    strict: true,
    description: 'd',
  })
})

test('what no other vendor has a word for is named', () => {
  const request = decode({
    guardrailConfig: { guardrailIdentifier: 'g' },
    requestMetadata: { a: 'b' },
    performanceConfig: { latency: 'optimized' },
    additionalModelResponseFieldPaths: ['/a'],
    additionalModelRequestFields: { anthropic_beta: ['x'] },
  })
  assert.deepEqual([...request.untranslated].sort(), [
    'additionalModelRequestFields.anthropic_beta',
    'additionalModelResponseFieldPaths',
    'guardrailConfig',
    'performanceConfig',
    'requestMetadata',
  ])
  const asUsual = decode({
    performanceConfig: { latency: 'standard' },
    additionalModelResponseFieldPaths: [],
  })
  assert.deepEqual(asUsual.untranslated, [])
})

test('a prompt that is kept at the vendor can be answered there only', () => {
  const request = decodeRequest({ promptVariables: { topic: { text: 'jazz' } } }, head)
  assert.equal(request.history, 'vendor')
  assert.equal(decode({}).history, undefined)
})

const refusals: readonly (readonly [string, JsonObject])[] = [
  ['messages', { messages: [] }],
  ['messages', { messages: 'hi' }],
  ['messages[0].role', { messages: [{ role: 'system', content: [] }] }],
  ['messages[0].content', { messages: [{ role: 'user', content: 'hi' }] }],
  ['messages[0].content[0]', { messages: [{ role: 'user', content: [{}] }] }],
  ['messages[0].content[0].text', { messages: [{ role: 'user', content: [{ text: 1 }] }] }],
  [
    'messages[0].content[0].image.source',
    { messages: [{ role: 'user', content: [{ image: { format: 'png', source: {} } }] }] },
  ],
  [
    'messages[0].content[0].toolUse.toolUseId',
    { messages: [{ role: 'assistant', content: [{ toolUse: { name: 'f' } }] }] },
  ],
  ['system', { system: 'be brief' }],
  ['inferenceConfig.maxTokens', { inferenceConfig: { maxTokens: '5' } }],
  ['inferenceConfig.stopSequences[0]', { inferenceConfig: { stopSequences: [1] } }],
  ['toolConfig.tools[0].toolSpec.inputSchema', { toolConfig: { tools: [{ toolSpec: { name: 'f' } }] } }],
  ['toolConfig.toolChoice', { toolConfig: { tools: [], toolChoice: { all: {} } } }],
  [
    'outputConfig.textFormat.structure.jsonSchema.schema',
    { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: '{' } } } } },
  ],
]

for (const [path, body] of refusals) {
  test(`a request that is wrong at ${path} is refused, naming it`, () => {
    assert.throws(
      () => decode(body),
      error => error instanceof RequestRejected && error.parameter === path && error.status === 400,
    )
  })
}
