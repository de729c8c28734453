import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../completion.ts'
import { RequestRejected } from '../request-rejected.ts'
import { decodeRequest } from './decode-request.ts'

const hello = { role: 'user', content: 'hello' }

function decode(members: JsonObject) {
  return decodeRequest({ model: 'gpt-4o', messages: [hello], ...members })
}

test('reads the plain case', () => {
  assert.deepEqual(decode({}), {
    model: 'gpt-4o',
    stream: false,
    messages: [{ role: 'user', content: [{ kind: 'text', text: 'hello' }] }],
    tools: [],
    untranslated: [],
  })
})

test('reads every parameter that has a neutral word', () => {
  const request = decode({
    stream: true,
    max_completion_tokens: 10,
    max_tokens: 99,
    temperature: 0.5,
    top_p: 0.9,
    top_k: 4,
    stop: 'END',
    seed: 7,
    frequency_penalty: 0.1,
    presence_penalty: -0.1,
    n: 2,
    logprobs: true,
    top_logprobs: 3,
    parallel_tool_calls: false,
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'a', schema: { type: 'object' }, strict: true },
    },
    reasoning_effort: 'low',
    user: 'u1',
    service_tier: 'flex',
    stream_options: { include_usage: true },
  })
  const { messages: _messages, ...rest } = request
  assert.deepEqual(rest, {
    model: 'gpt-4o',
    stream: true,
    tools: [],
    maxOutputTokens: 10,
    temperature: 0.5,
    topP: 0.9,
    topK: 4,
    stop: ['END'],
    seed: 7,
    frequencyPenalty: 0.1,
    presencePenalty: -0.1,
    choices: 2,
    logprobs: { top: 3 },
    parallelToolCalls: false,
    responseFormat: { kind: 'jsonSchema', name: 'a', schema: { type: 'object' }, strict: true },
    reasoning: { effort: 'low' },
    endUser: 'u1',
    serviceTier: 'flex',
    untranslated: [],
  })
})

test('names what has no neutral word, dotted where nested', () => {
  const request = decode({
    logit_bias: { '50256': -100 },
    metadata: { a: 'b' },
    store: true,
    prediction: { type: 'content' },
    stream_options: { include_obfuscation: false },
    tools: [{ type: 'custom', custom: { name: 'x' } }, { type: 'web_search' }],
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }] },
      { role: 'user', content: [{ type: 'video_url', video_url: { url: 'https://v' } }], cache_control: {} },
    ],
  })
  assert.deepEqual(request.untranslated, [
    'logit_bias',
    'messages.cache_control',
    'messages.content.cache_control',
    'messages.content.video_url',
    'metadata',
    'prediction',
    'store',
    'stream_options.include_obfuscation',
    'tools.custom',
    'tools.web_search',
  ])
})

test('values that ask for nothing are no losses', () => {
  const request = decode({
    temperature: null,
    n: 1,
    logprobs: false,
    frequency_penalty: 0,
    store: false,
    metadata: {},
    modalities: ['text'],
    response_format: { type: 'text' },
    messages: [hello, { role: 'assistant', content: 'x', annotations: [], audio: null, refusal: null }],
  })
  assert.deepEqual(request.untranslated, [])
  assert.equal(request.choices, undefined)
  assert.equal(request.frequencyPenalty, undefined)
})

test('reads every role and kind of content', () => {
  const { messages } = decode({
    messages: [
      { role: 'developer', content: 'be brief', name: 'boss' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
          { type: 'image_url', image_url: { url: 'https://pictures.example/a.png' } },
          { type: 'input_audio', input_audio: { data: 'BBBB', format: 'wav' } },
          { type: 'file', file: { file_data: 'data:application/pdf;base64,CCCC', filename: 'a.pdf' } },
          { type: 'file', file: { file_id: 'file-1' } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        reasoning_content: 'hm',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: '42' }] },
      { role: 'assistant', content: [{ type: 'refusal', refusal: 'no' }] },
    ],
  })
  assert.deepEqual(messages, [
    { role: 'system', content: [{ kind: 'text', text: 'be brief' }], name: 'boss' },
    {
      role: 'user',
      content: [
        { kind: 'text', text: 'look' },
        { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' }, detail: 'low' },
        { kind: 'image', source: { kind: 'url', url: 'https://pictures.example/a.png' } },
        { kind: 'audio', format: 'wav', data: 'BBBB' },
        {
          kind: 'file',
          source: { kind: 'base64', mediaType: 'application/pdf', data: 'CCCC' },
          name: 'a.pdf',
        },
        { kind: 'file', source: { kind: 'vendorFile', id: 'file-1' } },
      ],
    },
    {
      role: 'assistant',
      content: [
        { kind: 'reasoning', text: 'hm' },
        { kind: 'toolCall', id: 'c1', name: 'f', argumentsText: '{}' },
      ],
    },
    {
      role: 'tool',
      content: [{ kind: 'toolResult', callId: 'c1', content: [{ kind: 'text', text: '42' }] }],
    },
    { role: 'assistant', content: [{ kind: 'refusal', text: 'no' }] },
  ])
})

test('reads functions of the time before tools and ties results to calls', () => {
  const request = decode({
    functions: [{ name: 'weather', parameters: { type: 'object' } }],
    function_call: { name: 'weather' },
    messages: [
      hello,
      { role: 'assistant', content: null, function_call: { name: 'weather', arguments: '{"a":1}' } },
      { role: 'function', name: 'weather', content: 'sunny' },
    ],
  })
  assert.deepEqual(request.tools, [{ name: 'weather', parameters: { type: 'object' } }])
  assert.deepEqual(request.toolChoice, { kind: 'tool', name: 'weather' })
  const [call] = request.messages[1]?.content ?? []
  const [result] = request.messages[2]?.content ?? []
  assert.ok(call?.kind === 'toolCall' && result?.kind === 'toolResult')
  assert.equal(result.callId, call.id)
})

test('what other clients of the format write is understood', () => {
  const tools = [{ type: 'function', function: { name: 'f' } }]
  const called = [{ id: 'a', type: 'function', function: { name: 'f', arguments: { x: 1 } } }]
  const content = [{ type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } }]
  const messages = [
    hello,
    { role: 'assistant', tool_calls: called },
    { role: 'tool', tool_call_id: 'a', content },
  ]
  const request = decodeRequest({ model: 'm', messages, tools, tool_choice: 'any' })
  assert.deepEqual(request.toolChoice, { kind: 'required' })
  const [call] = request.messages[1]?.content ?? []
  assert.ok(call?.kind === 'toolCall')
  assert.equal(call.argumentsText, '{"x":1}')
  assert.deepEqual(request.untranslated, ['messages.content.input_audio'])
})

const malformed: readonly (readonly [string, JsonObject])[] = [
  ['model', { model: 5, messages: [hello] }],
  ['messages', { model: 'm' }],
  ['messages', { model: 'm', messages: [] }],
  ['messages', { model: 'm', messages: 'hello' }],
  ['messages[0]', { model: 'm', messages: ['hello'] }],
  ['messages[1].role', { model: 'm', messages: [hello, { role: 'robot', content: '' }] }],
  ['messages[0].content', { model: 'm', messages: [{ role: 'user', content: 5 }] }],
  ['messages[0].content[0].type', { model: 'm', messages: [{ role: 'user', content: [{ text: 'x' }] }] }],
  ['messages[0].tool_call_id', { model: 'm', messages: [{ role: 'tool', content: 'x' }] }],
  ['tools[0].function.name', { model: 'm', messages: [hello], tools: [{ type: 'function', function: {} }] }],
  ['tool_choice', { model: 'm', messages: [hello], tool_choice: 'maybe' }],
  ['temperature', { model: 'm', messages: [hello], temperature: 'hot' }],
  ['max_tokens', { model: 'm', messages: [hello], max_tokens: 1.5 }],
  ['stop[1]', { model: 'm', messages: [hello], stop: ['a', 1] }],
]

for (const [path, body] of malformed) {
  test(`names ${path} when it cannot be read`, () => {
    assert.throws(
      () => decodeRequest(body),
      error => error instanceof RequestRejected && error.parameter === path && error.message.startsWith(path),
    )
  })
}
