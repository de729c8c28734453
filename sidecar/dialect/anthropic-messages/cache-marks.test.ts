import assert from 'node:assert/strict'
import { test } from 'node:test'
import { headFor } from '../../../test/support/request-head.ts'
import type { CompletionRequest, JsonObject } from '../completion.ts'
import { anthropicMessages } from './anthropic-messages.ts'

const mark = { cache_control: { type: 'ephemeral' } }
const hour = { cache_control: { type: 'ephemeral', ttl: '1h' } }

function decode(body: JsonObject): CompletionRequest {
  return anthropicMessages.decodeRequest(
    { model: 'claude', max_tokens: 100, ...body },
    headFor(anthropicMessages),
  )
}

function encode(request: CompletionRequest) {
  return anthropicMessages.encodeRequest(request, { model: 'claude', wantUsage: false })
}

const result = { type: 'tool_result', tool_use_id: 'call_1' }
const conversation: JsonObject = {
  system: [{ type: 'text', text: 'Be brief.', ...hour }],
  tools: [{ name: 'look_up', input_schema: { type: 'object' }, ...hour }],
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'long' }] },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'look_up', input: {}, ...mark }] },
    { role: 'user', content: [{ ...result, content: [{ type: 'text', text: 'rain' }], ...mark }] },
  ],
}

test('marks of what is to be kept are read and written again where they stood', () => {
  const request = decode(conversation)
  assert.deepEqual(request.untranslated, [])
  const { body, lost } = encode(request)
  assert.deepEqual(lost, [])
  for (const [name, value] of Object.entries(conversation)) assert.deepEqual(body[name], value, name)
})

test('a mark inside of a tool result moves to its end', () => {
  const inner = { ...result, content: [{ type: 'text', text: 'rain', ...mark }] }
  const { messages } = decode({ messages: [{ role: 'user', content: [inner] }] })
  assert.deepEqual(messages, [
    {
      role: 'tool',
      content: [
        { kind: 'toolResult', callId: 'call_1', content: [{ kind: 'text', text: 'rain' }], cacheControl: {} },
      ],
    },
  ])
})

test('a mark on what cannot bear one is named', () => {
  const image = { type: 'image', source: { type: 'url', url: 'https://pictures.example/1.png' }, ...mark }
  const { untranslated } = decode({ messages: [{ role: 'user', content: [image] }] })
  assert.deepEqual(untranslated, ['messages.content.cache_control'])
})

test('marks past the fourth, on blank text, or of a lifetime of another vendor stay behind and are named', () => {
  const text = (words: string, ttl?: string) => ({
    kind: 'text' as const,
    text: words,
    cacheControl: ttl === undefined ? {} : { ttl },
  })
  const request = (content: readonly ReturnType<typeof text>[]): CompletionRequest => ({
    model: 'm',
    stream: false,
    messages: [{ role: 'user', content }],
    tools: [],
    untranslated: [],
  })
  const many = encode(request(['a', 'b', 'c', 'd', 'e'].map(words => text(words))))
  assert.deepEqual(many.lost, ['messages.content.cache_control'])
  assert.equal(JSON.stringify(many.body).split('ephemeral').length - 1, 4)
  assert.deepEqual(encode(request([text('a'), text(' ')])).lost, ['messages.content.cache_control'])
  assert.deepEqual(encode(request([text('a', '24h')])).lost, ['messages.content.cache_control.ttl'])
})
