import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CompletionReply, StreamPart } from '../completion.ts'
import { decodeReply } from './decode-reply.ts'
import { ChatStreamDecoder } from './decode-stream.ts'
import { encodeReply } from './encode-reply.ts'
import { ChatStreamEncoder } from './encode-stream.ts'

const reply: CompletionReply = {
  id: 'chatcmpl-1',
  model: 'm',
  created: 1,
  choices: [
    {
      content: [
        {
          kind: 'text',
          text: 'It rains.',
          citations: [{ url: 'https://weather.example', title: 'Weather', start: 0, end: 9 }],
        },
      ],
      finish: 'stop',
      vendorFinish: 'stop',
      logprobs: [
        { token: 'It', logprob: -0.5, bytes: [73, 116], top: [{ token: 'A', logprob: -1, bytes: [65] }] },
        { token: ' rains.', logprob: 0, bytes: [32] },
      ],
    },
  ],
}

test('sources and log probabilities of a whole answer survive encode and decode', () => {
  assert.deepEqual(decodeReply(JSON.parse(JSON.stringify(encodeReply(reply)))), { kind: 'reply', reply })
})

test('sources of a later text stand behind the earlier one, and a source without a URL stays behind', () => {
  const texts = ['One. ', 'Two.'].map(text => ({
    kind: 'text' as const,
    text,
    citations: [{ url: 'https://a.example' }, { title: 'a book' }],
  }))
  const choice = { content: texts, finish: 'stop' as const, vendorFinish: null }
  const encoded = JSON.stringify(encodeReply({ ...reply, choices: [choice] }))
  const places = [...encoded.matchAll(/"start_index":(\d+),"end_index":(\d+)/g)]
  assert.deepEqual(
    places.map(([, start, end]) => [Number(start), Number(end)]),
    [
      [0, 5],
      [5, 9],
    ],
  )
})

test('sources and log probabilities of a stream survive encode and decode', () => {
  const encoder = new ChatStreamEncoder({ id: 'chatcmpl-1', model: 'm', created: 1, includeUsage: false })
  const decoder = new ChatStreamDecoder()
  const sent: readonly StreamPart[] = [
    { kind: 'text', choice: 0, text: 'It rains.' },
    { kind: 'citation', choice: 0, citation: { url: 'https://a.example', title: 'A', start: 0, end: 2 } },
    { kind: 'logprobs', choice: 0, logprobs: [{ token: 'It', logprob: -0.5, bytes: [73, 116] }] },
  ]
  const text = sent.map(part => encoder.encode(part)).join('')
  const read = [...text.matchAll(/^data: (.*)$/gm)].flatMap(
    ([, data]) => decoder.decode({ data: data ?? '' }) ?? [],
  )
  assert.deepEqual(
    read.filter(part => part.kind !== 'start'),
    sent,
  )
})
