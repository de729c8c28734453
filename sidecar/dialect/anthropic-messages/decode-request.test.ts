import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../completion.ts'
import { RequestRejected } from '../request-rejected.ts'
import { decodeRequest } from './decode-request.ts'

const hello: JsonObject = { role: 'user', content: 'Hello' }

function body(members: JsonObject): JsonObject {
  return { model: 'claude-sonnet-4-5', max_tokens: 100, messages: [hello], ...members }
}

/** The one conversation that consists of this content. */
function userContent(...content: JsonObject[]): JsonObject {
  return body({ messages: [{ role: 'user', content }] })
}

test('reads system text as a string and as blocks, and system turns where they stand', () => {
  const text = (words: string) => ({ kind: 'text', text: words })
  const asString = decodeRequest(body({ system: 'Be brief.' }))
  assert.deepEqual(asString.messages[0], { role: 'system', content: [text('Be brief.')] })
  const system = [
    { type: 'text', text: 'Be' },
    { type: 'text', text: 'brief.', cache_control: { type: 'ephemeral' } },
  ]
  const asBlocks = decodeRequest(body({ system }))
  const marked = { ...text('brief.'), cacheControl: {} }
  assert.deepEqual(asBlocks.messages[0], { role: 'system', content: [text('Be'), marked] })
  const turns = decodeRequest(body({ messages: [hello, { role: 'system', content: 'In Spanish.' }] }))
  assert.deepEqual(turns.messages[1], { role: 'system', content: [text('In Spanish.')] })
})

test('splits a user turn with tool results into one tool message each and the rest', () => {
  const { messages } = decodeRequest(
    userContent(
      { type: 'tool_result', tool_use_id: 'a', content: 'red', is_error: true },
      { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'blue' }] },
      { type: 'text', text: 'And now?' },
    ),
  )
  assert.deepEqual(messages, [
    {
      role: 'tool',
      content: [{ kind: 'toolResult', callId: 'a', content: [{ kind: 'text', text: 'red' }], isError: true }],
    },
    {
      role: 'tool',
      content: [{ kind: 'toolResult', callId: 'b', content: [{ kind: 'text', text: 'blue' }] }],
    },
    { role: 'user', content: [{ kind: 'text', text: 'And now?' }] },
  ])
})

test('reads images of every source and documents that are files', () => {
  const { messages } = decodeRequest(
    userContent(
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
      { type: 'image', source: { type: 'file', file_id: 'file_1' } },
      {
        type: 'document',
        title: 'terms',
        source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' },
      },
    ),
  )
  assert.deepEqual(messages[0]?.content, [
    { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
    { kind: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } },
    { kind: 'image', source: { kind: 'vendorFile', id: 'file_1' } },
    {
      kind: 'file',
      source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' },
      name: 'terms',
    },
  ])
})

test('reads text documents and search results as text, so that every target can read them', () => {
  const { messages, untranslated } = decodeRequest(
    userContent(
      {
        type: 'document',
        title: 'facts.txt',
        source: { type: 'text', media_type: 'text/plain', data: 'Water is wet.' },
        citations: { enabled: true },
      },
      {
        type: 'search_result',
        title: 'Rain',
        source: 'https://example.com',
        content: [{ type: 'text', text: 'It rains.' }],
      },
    ),
  )
  assert.deepEqual(messages[0]?.content, [
    { kind: 'text', text: 'facts.txt\n\nWater is wet.' },
    { kind: 'text', text: 'Rain\n\nhttps://example.com\n\n' },
    { kind: 'text', text: 'It rains.' },
  ])
  assert.deepEqual(untranslated, ['messages.content.citations'])
})

test('names what is bound to this vendor', () => {
  const { untranslated, tools } = decodeRequest(
    body({
      mcp_servers: [{ name: 'x' }],
      container: 'c1',
      context_management: {},
      fallbacks: ['other'],
      speed: null,
      metadata: { user_id: 'u', team: 't' },
      tools: [
        { type: 'web_search_20250305', name: 'web_search' },
        { name: 'mine', input_schema: { type: 'object' } },
      ],
      messages: [
        {
          role: 'assistant',
          content: [
            { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
            { type: 'text', text: 'Found.' },
          ],
        },
        hello,
      ],
    }),
  )
  assert.deepEqual([...untranslated].sort(), [
    'container',
    'context_management',
    'fallbacks',
    'mcp_servers',
    'messages.content.server_tool_use',
    'metadata.team',
    'tools.web_search_20250305',
  ])
  assert.deepEqual(
    tools.map(tool => tool.name),
    ['mine'],
  )
})

test('reads the tool choice together with the wish for one call at a time', () => {
  const choose = (tool_choice: JsonObject) => {
    const { toolChoice, parallelToolCalls } = decodeRequest(body({ tool_choice }))
    return { toolChoice, parallelToolCalls }
  }
  assert.deepEqual(choose({ type: 'any', disable_parallel_tool_use: true }), {
    toolChoice: { kind: 'required' },
    parallelToolCalls: false,
  })
  assert.deepEqual(choose({ type: 'tool', name: 'mine' }), {
    toolChoice: { kind: 'tool', name: 'mine' },
    parallelToolCalls: undefined,
  })
  assert.deepEqual(choose({ type: 'none' }).toolChoice, { kind: 'none' })
})

test('keeps signatures and redacted thinking with the reasoning they belong to', () => {
  const content = [
    { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
    { type: 'redacted_thinking', data: 'opaque' },
  ]
  const { messages } = decodeRequest(body({ messages: [hello, { role: 'assistant', content }] }))
  assert.deepEqual(messages[1]?.content, [
    { kind: 'reasoning', text: 'Hm.', signature: 'sig' },
    { kind: 'reasoning', text: '', redactedData: 'opaque' },
  ])
})

test('reads thinking and effort as a wish for reasoning, and disabled thinking as none', () => {
  const wish = (members: JsonObject) => decodeRequest(body(members)).reasoning
  assert.deepEqual(wish({ thinking: { type: 'enabled', budget_tokens: 2048 } }), { budgetTokens: 2048 })
  assert.deepEqual(wish({ thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }), {
    effort: 'low',
  })
  assert.equal(wish({ thinking: { type: 'disabled' } }), undefined)
})

test('takes a schema for strict only where others could take it for strict, too', () => {
  const closed = { type: 'object', properties: {}, additionalProperties: false }
  const open = { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false }
  const formatOf = (schema: JsonObject) =>
    decodeRequest(body({ output_config: { format: { type: 'json_schema', schema } } })).responseFormat
  assert.deepEqual(formatOf(closed), { kind: 'jsonSchema', name: 'answer', schema: closed, strict: true })
  assert.deepEqual(formatOf(open), { kind: 'jsonSchema', name: 'answer', schema: open })
})

const refused: readonly (readonly [string, JsonObject])[] = [
  ['model', { ...body({}), model: 7 }],
  ['messages', body({ messages: [] })],
  ['messages', body({ messages: 'Hello' })],
  ['messages[0]', body({ messages: ['Hello'] })],
  ['messages[0].role', body({ messages: [{ role: 'tool', content: '' }] })],
  ['messages[0].content', body({ messages: [{ role: 'user' }] })],
  ['messages[0].content[0].type', userContent({ text: 'x' })],
  ['messages[0].content[0].source.type', userContent({ type: 'image', source: { type: 'disk' } })],
  ['messages[0].content[0].tool_use_id', userContent({ type: 'tool_result', content: 'x' })],
  ['system', body({ system: 7 })],
  ['max_tokens', body({ max_tokens: '100' })],
  ['stop_sequences', body({ stop_sequences: 'END' })],
  ['tools[0].input_schema', body({ tools: [{ name: 'x' }] })],
  ['tool_choice.type', body({ tool_choice: { type: 'perhaps' } })],
]

for (const [path, wrong] of refused) {
  test(`refuses a wrong ${path} by its path`, () => {
    assert.throws(
      () => decodeRequest(wrong),
      (error: unknown) =>
        error instanceof RequestRejected && error.status === 400 && error.parameter === path,
    )
  })
}
