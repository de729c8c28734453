import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject, StreamPart } from '../completion.ts'
import { GeminiStreamDecoder } from './decode-stream.ts'

function read(...chunks: readonly JsonObject[]): readonly StreamPart[] {
  const decoder = new GeminiStreamDecoder()
  const parts = chunks.flatMap(chunk => decoder.decode({ data: JSON.stringify(chunk) }) ?? [])
  return [...parts, ...decoder.end()]
}

function chunk(parts: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  return { candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }] }
}

function kindsOf(parts: readonly StreamPart[]) {
  return parts.map(part => part.kind)
}

test('holds a finish back until the body has ended: more may come behind it', () => {
  const parts = read(chunk([{ text: 'a' }], { finishReason: 'STOP' }), chunk([{ text: 'b' }]))
  assert.deepEqual(kindsOf(parts), ['start', 'text', 'text', 'finish', 'end'])
})

test('reports no end for a body that ended before its answer', () => {
  assert.deepEqual(kindsOf(read(chunk([{ text: 'a' }]))), ['start', 'text'])
  assert.deepEqual(read(), [])
})

test('takes STOP after calls for the end of a turn that calls tools', () => {
  const parts = read(
    chunk([{ functionCall: { name: 'a', args: { x: 1 } }, thoughtSignature: 'c2ln' }]),
    chunk([{ functionCall: { name: 'b' } }], { finishReason: 'STOP' }),
  )
  assert.deepEqual(kindsOf(parts), [
    'start',
    'toolCallStart',
    'toolCallArguments',
    'toolCallStart',
    'toolCallArguments',
    'finish',
    'end',
  ])
  const [first, second] = parts.filter(part => part.kind === 'toolCallStart')
  assert.equal(first?.signature, 'gemini:c2ln')
  assert.notEqual(first?.id, second?.id)
  assert.equal(second?.block, 1)
  assert.equal(parts.find(part => part.kind === 'finish')?.finish, 'tool_calls')
})

test('tells a blocked prompt at the end of the body', () => {
  const parts = read({ promptFeedback: { blockReason: 'SAFETY' }, responseId: 'r' })
  assert.deepEqual(parts.slice(1), [
    { kind: 'finish', choice: 0, finish: 'content_filter', vendorFinish: 'promptFeedback:SAFETY' },
    { kind: 'end' },
  ])
})

test('reads an error between the chunks, also in a list of one, and reports no end after it', () => {
  const error = { error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } }
  const decoder = new GeminiStreamDecoder()
  decoder.decode({ data: JSON.stringify(chunk([{ text: 'a' }], { finishReason: 'STOP' })) })
  const [part] = decoder.decode({ data: JSON.stringify([error]) }) ?? []
  assert.equal(part?.kind === 'error' && part.failure.kind, 'Overloaded')
  assert.deepEqual(decoder.end(), [])
})

test('tells the sources once, at the end, though several chunks name them', () => {
  const groundingMetadata = {
    groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }],
    groundingSupports: [{ segment: { endIndex: 2 }, groundingChunkIndices: [0] }],
  }
  const parts = read(
    chunk([{ text: 'ab' }], { groundingMetadata }),
    chunk([{ text: 'c' }], { groundingMetadata, finishReason: 'STOP' }),
  )
  assert.deepEqual(
    parts.filter(part => part.kind === 'citation'),
    [{ kind: 'citation', choice: 0, citation: { url: 'https://a.example', title: 'A', start: 0, end: 2 } }],
  )
})

test('keeps candidates apart', () => {
  const parts = read({
    candidates: [
      { content: { parts: [{ text: 'a' }] }, finishReason: 'STOP' },
      { content: { parts: [{ text: 'b' }] }, index: 1, finishReason: 'MAX_TOKENS' },
    ],
  })
  assert.deepEqual(
    parts.flatMap(part => (part.kind === 'text' || part.kind === 'finish' ? [part.choice] : [])),
    [0, 1, 0, 1],
  )
})

test('calls text that is no JSON object malformed', () => {
  const decoder = new GeminiStreamDecoder()
  assert.equal(decoder.decode({ data: '{"candidates":[' }), undefined)
  assert.equal(decoder.decode({ data: '[1,2]' }), undefined)
})
