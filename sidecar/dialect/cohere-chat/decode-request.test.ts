import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../completion.ts'
import { RequestRejected } from '../request-rejected.ts'
import { decodeRequest } from './decode-request.ts'

const hello = [{ role: 'user', content: 'hello' }]

function decode(more: JsonObject) {
  return decodeRequest({ model: 'command-a-03-2025', messages: hello, ...more })
}

test('reads every parameter under the vendor’s own name', () => {
  const request = decode({
    stream: true,
    max_tokens: 10,
    stop_sequences: ['END'],
    temperature: 0.3,
    p: 0.8,
    k: 40,
    seed: 7,
    frequency_penalty: 0.2,
    presence_penalty: 0.1,
    logprobs: true,
    thinking: { type: 'enabled', token_budget: 500 },
  })
  const { messages: _messages, ...rest } = request
  assert.deepEqual(rest, {
    model: 'command-a-03-2025',
    stream: true,
    tools: [],
    maxOutputTokens: 10,
    stop: ['END'],
    temperature: 0.3,
    topP: 0.8,
    topK: 40,
    seed: 7,
    frequencyPenalty: 0.2,
    presencePenalty: 0.1,
    logprobs: {},
    reasoning: { budgetTokens: 500 },
    untranslated: [],
  })
})

test('puts documents in front of what the user asks and says that they can no longer be cited', () => {
  const { messages, untranslated } = decodeRequest({
    model: 'm',
    messages: [
      { role: 'user', content: 'first' },
      { role: 'assistant', content: 'yes' },
      { role: 'user', content: 'who?' },
    ],
    documents: [{ id: 'a', data: { title: 'Facts', text: 'It was Ada.' } }, 'And Grace.'],
    citation_options: { mode: 'ACCURATE' },
  })
  assert.deepEqual(messages.at(0)?.content, [{ kind: 'text', text: 'first' }])
  assert.deepEqual(messages.at(-1)?.content, [
    { kind: 'text', text: 'Document a\ntitle: Facts\ntext: It was Ada.\n\nDocument doc:1\nAnd Grace.' },
    { kind: 'text', text: 'who?' },
  ])
  assert.deepEqual(untranslated, ['citation_options', 'documents'])
})

test('an empty list of documents asks for nothing', () => {
  assert.deepEqual(decode({ documents: [] }).untranslated, [])
})

test('a plan becomes the text in front of the tool calls that it explains', () => {
  const { messages } = decodeRequest({
    model: 'm',
    messages: [
      ...hello,
      {
        role: 'assistant',
        tool_plan: 'I will look.',
        tool_calls: [{ id: 'look_1', type: 'function', function: { name: 'look', arguments: '' } }],
        citations: [{ start: 0, end: 1, text: 'I', sources: [] }],
      },
      {
        role: 'tool',
        tool_call_id: 'look_1',
        content: [{ type: 'document', document: { data: { seen: 'sea' } } }],
      },
    ],
  })
  assert.deepEqual(messages.slice(1), [
    {
      role: 'assistant',
      content: [
        { kind: 'text', text: 'I will look.' },
        { kind: 'toolCall', id: 'look_1', name: 'look', argumentsText: '{}' },
      ],
    },
    {
      role: 'tool',
      content: [{ kind: 'toolResult', callId: 'look_1', content: [{ kind: 'text', text: 'seen: sea' }] }],
    },
  ])
})

test('strictness and choice hold for all tools', () => {
  const { tools, toolChoice } = decode({
    strict_tools: true,
    tool_choice: 'REQUIRED',
    tools: [{ type: 'function', function: { name: 'look' } }],
  })
  assert.deepEqual(tools, [{ name: 'look', parameters: { type: 'object', properties: {} }, strict: true }])
  assert.deepEqual(toolChoice, { kind: 'required' })
})

test('a schema is carried, strictly where it is closed', () => {
  const schema = { type: 'object', properties: {}, required: [], additionalProperties: false }
  assert.deepEqual(decode({ response_format: { type: 'json_object', json_schema: schema } }).responseFormat, {
    kind: 'jsonSchema',
    name: 'answer',
    schema,
    strict: true,
  })
  assert.deepEqual(decode({ response_format: { type: 'json_object' } }).responseFormat, { kind: 'json' })
})

test('thinking that is switched off stays off, switched on it asks for nothing', () => {
  assert.deepEqual(decode({ thinking: { type: 'disabled' } }).reasoning, { effort: 'none' })
  assert.equal(decode({ thinking: { type: 'enabled' } }).reasoning, undefined)
})

test('names what the neutral form has no word for', () => {
  assert.deepEqual(decode({ safety_mode: 'STRICT', priority: 3, raw_prompting: null }).untranslated, [
    'priority',
    'safety_mode',
  ])
})

const refusals: readonly (readonly [path: string, more: JsonObject])[] = [
  ['messages', { messages: [] }],
  ['messages[0].role', { messages: [{ role: 'robot', content: 'x' }] }],
  ['messages[0].content[0].text', { messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
  ['messages[0].tool_call_id', { messages: [{ role: 'tool', content: 'x' }] }],
  ['tool_choice', { tool_choice: 'auto' }],
  ['stop_sequences[0]', { stop_sequences: [1] }],
  ['tools[0].function.name', { tools: [{ type: 'function', function: {} }] }],
]

for (const [path, more] of refusals) {
  test(`refuses a request that cannot be understood, naming ${path}`, () => {
    assert.throws(
      () => decode(more),
      (error: unknown) => error instanceof RequestRejected && error.parameter === path,
    )
  })
}
