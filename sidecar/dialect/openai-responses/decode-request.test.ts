import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../completion.ts'
import { RequestRejected } from '../request-rejected.ts'
import { decodeRequest } from './decode-request.ts'

function decode(members: JsonObject) {
  return decodeRequest({ model: 'gpt-5', input: 'hello', ...members })
}

function refuses(members: JsonObject, parameter: string): void {
  assert.throws(
    () => decode(members),
    (error: unknown) => error instanceof RequestRejected && error.parameter === parameter,
  )
}

test('reads a plain text as a question of the user', () => {
  assert.deepEqual(decode({}), {
    model: 'gpt-5',
    stream: false,
    messages: [{ role: 'user', content: [{ kind: 'text', text: 'hello' }] }],
    tools: [],
    untranslated: [],
  })
})

test('reads every parameter that has a neutral word', () => {
  const { messages, ...request } = decode({
    instructions: 'be brief',
    stream: true,
    stream_options: { include_obfuscation: false },
    max_output_tokens: 10,
    temperature: 0.5,
    top_p: 0.9,
    top_logprobs: 3,
    include: ['message.output_text.logprobs'],
    parallel_tool_calls: false,
    reasoning: { effort: 'low' },
    text: { format: { type: 'json_schema', name: 'city', schema: { type: 'object' }, strict: true } },
    safety_identifier: 'someone',
    service_tier: 'flex',
    store: false,
    truncation: 'disabled',
    metadata: {},
  })
  assert.deepEqual(messages[0], { role: 'system', content: [{ kind: 'text', text: 'be brief' }] })
  assert.deepEqual(request, {
    model: 'gpt-5',
    stream: true,
    tools: [],
    maxOutputTokens: 10,
    temperature: 0.5,
    topP: 0.9,
    logprobs: { top: 3 },
    parallelToolCalls: false,
    reasoning: { effort: 'low' },
    responseFormat: { kind: 'jsonSchema', name: 'city', schema: { type: 'object' }, strict: true },
    endUser: 'someone',
    serviceTier: 'flex',
    untranslated: [],
  })
})

test('names what nobody else has a word for', () => {
  const { untranslated } = decode({
    include: ['reasoning.encrypted_content'],
    metadata: { ticket: '1' },
    max_tool_calls: 3,
    prompt_cache_key: 'k',
    reasoning: { effort: 'low', summary: 'auto' },
    store: true,
    text: { verbosity: 'low' },
    truncation: 'auto',
    tools: [{ type: 'web_search' }, { type: 'mcp', server_label: 'x' }],
    tool_choice: { type: 'web_search' },
  })
  assert.deepEqual(untranslated, [
    'include',
    'max_tool_calls',
    'metadata',
    'prompt_cache_key',
    'reasoning.summary',
    'store',
    'text.verbosity',
    'tool_choice.web_search',
    'tools.mcp',
    'tools.web_search',
    'truncation',
  ])
})

for (const [about, members] of [
  ['an earlier answer', { previous_response_id: 'resp_1' }],
  ['a conversation', { conversation: { id: 'conv_1' } }],
  ['a stored prompt', { prompt: { id: 'pmpt_1' }, input: null }],
  ['work in the background', { background: true }],
  ['an item by its id', { input: [{ type: 'item_reference', id: 'msg_1' }] }],
  ['a compacted conversation', { input: [{ type: 'compaction', encrypted_content: 'x' }] }],
] satisfies readonly (readonly [string, JsonObject])[]) {
  test(`a request that leans on ${about} can be served by its own vendor only`, () => {
    const request = decode(members)
    assert.equal(request.history, 'vendor')
    assert.equal(request.untranslated.length, 1)
  })
}

test('a reference to what was written here is no history of the vendor', () => {
  const { history, untranslated } = decode({
    input: [
      { role: 'user', content: 'x' },
      { type: 'item_reference', id: 'rs_fallback_1' },
      { type: 'item_reference', id: 'msg_fallback_1' },
    ],
  })
  assert.equal(history, undefined)
  assert.deepEqual(untranslated, ['input.item_reference'])
})

test('reads functions; strict only where it was asked for', () => {
  const { tools, toolChoice } = decode({
    tools: [
      { type: 'function', name: 'f', description: 'd', parameters: { type: 'object' }, strict: true },
      { type: 'function', name: 'g', parameters: null, strict: false },
    ],
    tool_choice: { type: 'function', name: 'g' },
  })
  assert.deepEqual(tools, [
    { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true },
    { name: 'g', parameters: { type: 'object', properties: {} } },
  ])
  assert.deepEqual(toolChoice, { kind: 'tool', name: 'g' })
})

test('of the declared tools only the allowed ones go to another vendor', () => {
  const { tools, toolChoice } = decode({
    tools: [
      { type: 'function', name: 'f' },
      { type: 'function', name: 'g' },
    ],
    tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'g' }] },
  })
  assert.deepEqual(
    tools.map(tool => tool.name),
    ['g'],
  )
  assert.deepEqual(toolChoice, { kind: 'required' })
})

test('refuses what cannot be understood, naming the path', () => {
  refuses({ input: null }, 'input')
  refuses({ input: [] }, 'input')
  refuses({ input: [{ role: 'tool', content: 'x' }] }, 'input[0].role')
  refuses({ input: [{ role: 'user', content: [{ type: 'input_text' }] }] }, 'input[0].content[0].text')
  refuses({ input: [{ type: 'function_call', name: 'f' }] }, 'input[0].call_id')
  refuses({ tools: [{ type: 'function', function: { name: 'f' } }] }, 'tools[0].name')
  refuses({ max_output_tokens: '5' }, 'max_output_tokens')
  refuses({ text: { format: { type: 'json_schema', schema: 'x' } } }, 'text.format.schema')
})
