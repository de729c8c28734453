import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CompletionRequest, ContentPart, JsonObject, Message } from '../completion.ts'
import type { RequestChange } from '../dialect.ts'
import { encodeRequest } from './encode-request.ts'

const claude = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
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

const say = (...content: readonly ContentPart[]): Partial<CompletionRequest> => ({
  messages: [{ role: 'user', content }],
})

test('instructions stand at the top, neighbours are merged, results come first', () => {
  const { body, lost } = encode({
    messages: [
      { role: 'system', content: [{ kind: 'text', text: 'be brief' }] },
      hello,
      { role: 'user', content: [{ kind: 'text', text: 'there' }] },
      { role: 'assistant', content: [{ kind: 'toolCall', id: 'a', name: 'f', argumentsText: '{"x":1}' }] },
      { role: 'tool', content: [{ kind: 'toolResult', callId: 'a', content: [], isError: true }] },
      { role: 'user', content: [{ kind: 'text', text: 'well?' }] },
    ],
  })
  assert.deepEqual(body['system'], [{ text: 'be brief' }])
  assert.deepEqual(body['messages'], [
    { role: 'user', content: [{ text: 'hi' }, { text: 'there' }] },
    { role: 'assistant', content: [{ toolUse: { toolUseId: 'a', name: 'f', input: { x: 1 } } }] },
    {
      role: 'user',
      content: [
        { toolResult: { toolUseId: 'a', content: [{ text: '' }], status: 'error' } },
        { text: 'well?' },
      ],
    },
  ])
  assert.deepEqual(lost, [])
})

test('a history with tool calls declares its tools even where the request has none', () => {
  const { body } = encode({
    messages: [
      hello,
      { role: 'assistant', content: [{ kind: 'toolCall', id: 'a', name: 'f', argumentsText: '{}' }] },
      {
        role: 'tool',
        content: [{ kind: 'toolResult', callId: 'a', content: [{ kind: 'text', text: '1' }] }],
      },
    ],
  })
  assert.deepEqual(body['toolConfig'], {
    tools: [{ toolSpec: { name: 'f', inputSchema: { json: { type: 'object' } } } }],
  })
})

test('ids that the wire does not take are replaced by the same one in call and result', () => {
  const id = 'call:with.odd/characters'
  const { body } = encode({
    messages: [
      hello,
      { role: 'assistant', content: [{ kind: 'toolCall', id, name: 'f', argumentsText: '{}' }] },
      { role: 'tool', content: [{ kind: 'toolResult', callId: id, content: [] }] },
    ],
  })
  const ids = [...JSON.stringify(body).matchAll(/"toolUseId":"([^"]*)"/g)].map(match => match[1])
  assert.equal(ids.length, 2)
  assert.equal(ids[0], ids[1])
  assert.match(ids[0] ?? '', /^tooluse_[a-zA-Z0-9_-]{22}$/)
})

test('media are carried as bytes in the formats of the wire; what has to be fetched is lost', () => {
  const base64 = (mediaType: string) => ({ kind: 'base64', mediaType, data: 'AQID' }) as const
  const { body, lost } = encode(
    say(
      { kind: 'image', source: base64('image/jpg') },
      { kind: 'file', source: base64('application/pdf'), name: 'a_b.pdf' },
      { kind: 'file', source: base64('application/pdf'), name: 'a/b.pdf' },
      { kind: 'audio', format: 'wav', data: 'AQID' },
      { kind: 'image', source: { kind: 'url', url: 'https://a.b/c.png' } },
      { kind: 'file', source: { kind: 'vendorFile', id: 'file-1' } },
      { kind: 'image', source: base64('image/tiff') },
    ),
  )
  assert.deepEqual(body['messages'], [
    {
      role: 'user',
      content: [
        // A document does not stand without words.
        { text: '.' },
        { image: { format: 'jpeg', source: { bytes: 'AQID' } } },
        { document: { format: 'pdf', name: 'a-b-pdf', source: { bytes: 'AQID' } } },
        { document: { format: 'pdf', name: 'a-b-pdf (2)', source: { bytes: 'AQID' } } },
        { audio: { format: 'wav', source: { bytes: 'AQID' } } },
      ],
    },
  ])
  assert.deepEqual([...lost].sort(), ['messages.content.file', 'messages.content.image'])
})

test('reasoning of another vendor stays behind, signature and all', () => {
  const { body, lost } = encode({
    messages: [
      hello,
      {
        role: 'assistant',
        content: [
          { kind: 'reasoning', text: 'hm', signature: 'secret-state' },
          { kind: 'text', text: 'so' },
        ],
      },
      hello,
    ],
  })
  assert.doesNotMatch(JSON.stringify(body), /secret-state|hm/)
  assert.deepEqual(lost, ['messages.reasoning'])
})

test('marks of what is to be kept become points behind it, on models that know them', () => {
  const cacheControl = {}
  const wish: Partial<CompletionRequest> = {
    messages: [
      { role: 'system', content: [{ kind: 'text', text: 'long', cacheControl }] },
      { role: 'user', content: [{ kind: 'text', text: 'hi', cacheControl: { ttl: '1h' } }] },
    ],
  }
  const point = { cachePoint: { type: 'default' } }
  const kept = encode(wish)
  assert.deepEqual(kept.body['system'], [{ text: 'long' }, point])
  assert.deepEqual(kept.body['messages'], [{ role: 'user', content: [{ text: 'hi' }, point] }])
  assert.deepEqual(kept.lost, ['messages.content.cache_control.ttl'])
  assert.deepEqual(encode(wish, profile).lost, ['system.cache_control', 'messages.content.cache_control'])
})

test('an unfinished answer is continued by models that do, and followed by a turn elsewhere', () => {
  const wish: Partial<CompletionRequest> = {
    messages: [hello, { role: 'assistant', content: [{ kind: 'text', text: 'So ' }] }],
  }
  const last = (body: JsonObject) => (Array.isArray(body['messages']) ? body['messages'].at(-1) : undefined)
  assert.deepEqual(last(encode(wish).body), { role: 'assistant', content: [{ text: 'So' }] })
  assert.deepEqual(last(encode(wish, profile).body), { role: 'user', content: [{ text: 'Continue.' }] })
})
