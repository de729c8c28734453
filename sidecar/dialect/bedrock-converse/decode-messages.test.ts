import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../completion.ts'
import { decodeRequest } from './decode-request.ts'

const head = { model: 'us.amazon.nova-lite-v1:0', stream: false }
const user = { role: 'user', content: [{ text: 'hi' }] }

function decode(body: JsonObject) {
  return decodeRequest({ messages: [user], ...body }, head)
}

test('a turn with results of tools becomes one message for each, and what else it says', () => {
  const request = decode({
    messages: [
      user,
      {
        role: 'assistant',
        content: [
          { toolUse: { toolUseId: 'a', name: 'f', input: { x: 1 } } },
          { toolUse: { toolUseId: 'b', name: 'g' } },
        ],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'a', content: [{ json: { y: 2 } }, { text: 'and' }], status: 'error' } },
          { toolResult: { toolUseId: 'b', content: [] } },
          { text: 'go on' },
        ],
      },
    ],
  })
  assert.deepEqual(request.messages.slice(1), [
    {
      role: 'assistant',
      content: [
        { kind: 'toolCall', id: 'a', name: 'f', argumentsText: '{"x":1}' },
        { kind: 'toolCall', id: 'b', name: 'g', argumentsText: '{}' },
      ],
    },
    {
      role: 'tool',
      content: [
        {
          kind: 'toolResult',
          callId: 'a',
          content: [
            { kind: 'text', text: '{"y":2}' },
            { kind: 'text', text: 'and' },
          ],
          isError: true,
        },
      ],
    },
    { role: 'tool', content: [{ kind: 'toolResult', callId: 'b', content: [] }] },
    { role: 'user', content: [{ kind: 'text', text: 'go on' }] },
  ])
})

test('media keep their bytes, text documents become text, and files in buckets are bound to the account', () => {
  const text = Buffer.from('a,b').toString('base64')
  const request = decode({
    messages: [
      {
        role: 'user',
        content: [
          { image: { format: 'jpeg', source: { bytes: 'AQID' } } },
          { image: { format: 'png', source: { s3Location: { uri: 's3://b/k' } } } },
          { document: { format: 'pdf', name: 'paper', source: { bytes: 'AQID' } } },
          { document: { format: 'csv', name: 'table', source: { bytes: text } } },
          {
            document: {
              format: 'txt',
              name: 'note',
              source: { text: 'words' },
              citations: { enabled: true },
            },
          },
          { audio: { format: 'wav', source: { bytes: 'AQID' } } },
          { video: { format: 'mp4', source: { bytes: 'AQID' } } },
        ],
      },
    ],
  })
  assert.deepEqual(request.messages[0]?.content, [
    { kind: 'image', source: { kind: 'base64', mediaType: 'image/jpeg', data: 'AQID' } },
    { kind: 'image', source: { kind: 'vendorFile', id: 's3://b/k' } },
    { kind: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: 'AQID' }, name: 'paper' },
    { kind: 'text', text: 'table\n\na,b' },
    { kind: 'text', text: 'note\n\nwords' },
    { kind: 'audio', format: 'wav', data: 'AQID' },
  ])
  assert.deepEqual(request.untranslated, ['messages.content.document.citations', 'messages.content.video'])
})

test('reasoning, cited text and guarded text are read', () => {
  const request = decode({
    messages: [
      { role: 'user', content: [{ guardContent: { text: { text: 'watch this', qualifiers: ['query'] } } }] },
      {
        role: 'assistant',
        content: [
          { reasoningContent: { reasoningText: { text: 'hm', signature: 's' } } },
          { reasoningContent: { redactedContent: 'AQID' } },
          {
            citationsContent: {
              content: [{ text: 'so' }],
              citations: [{ title: 't', source: 'https://a.b' }],
            },
          },
        ],
      },
    ],
  })
  assert.deepEqual(
    request.messages.map(message => message.content),
    [
      [{ kind: 'text', text: 'watch this' }],
      [
        { kind: 'reasoning', text: 'hm', signature: 's' },
        { kind: 'reasoning', text: '', redactedData: 'AQID' },
        { kind: 'text', text: 'so', citations: [{ url: 'https://a.b', title: 't' }] },
      ],
    ],
  )
  assert.deepEqual(request.untranslated, ['messages.content.guardContent'])
})

test('cache points are marks on what they follow', () => {
  const point = { cachePoint: { type: 'default', ttl: '1h' } }
  const toolSpec = { name: 'f', inputSchema: { json: { type: 'object' } } }
  const request = decode({
    system: [{ text: 'be brief' }, point],
    messages: [
      {
        role: 'user',
        content: [{ text: 'hi' }, point, { image: { format: 'png', source: { bytes: 'A' } } }, point],
      },
    ],
    toolConfig: { tools: [{ toolSpec }, point] },
  })
  const cacheControl = { ttl: '1h' }
  assert.deepEqual(request.messages[0]?.content, [{ kind: 'text', text: 'be brief', cacheControl }])
  assert.deepEqual(request.messages[1]?.content[0], { kind: 'text', text: 'hi', cacheControl })
  assert.deepEqual(request.tools[0]?.cacheControl, cacheControl)
  assert.deepEqual(request.untranslated, ['messages.content.cachePoint'])
})
