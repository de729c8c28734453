import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StreamPart } from '../completion.ts'
import type { EncodeStreamOptions } from '../dialect.ts'
import { isJsonObject, memberOf, parseLeniently } from '../json-value.ts'
import { GeminiStreamEncoder } from './encode-stream.ts'

const options: EncodeStreamOptions = { id: 'r', model: 'm', created: 1, includeUsage: true, framing: 'sse' }
const unavailable = { status: 503, code: 'overloaded', message: 'later', requestId: 'q' }

function write(parts: readonly StreamPart[], more: Partial<EncodeStreamOptions> = {}): string {
  const encoder = new GeminiStreamEncoder({ ...options, ...more })
  return parts.map(part => encoder.encode(part)).join('')
}

function chunksOf(written: string) {
  return written
    .split('\r\n\r\n')
    .filter(event => event !== '')
    .map(event => parseLeniently(event.slice('data: '.length)) ?? null)
}

const finish: StreamPart = { kind: 'finish', choice: 0, finish: 'stop', vendorFinish: 'end_turn' }

test('writes each piece at once and the end with the usage that came behind it', () => {
  const written = write([
    { kind: 'text', choice: 0, text: 'hi' },
    finish,
    { kind: 'usage', usage: { input: 5, output: 3, reasoning: 1 } },
    { kind: 'end' },
  ])
  assert.deepEqual(chunksOf(written), [
    {
      candidates: [{ content: { parts: [{ text: 'hi' }], role: 'model' }, index: 0 }],
      modelVersion: 'm',
      responseId: 'r',
    },
    {
      candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'STOP', index: 0 }],
      usageMetadata: {
        promptTokenCount: 5,
        candidatesTokenCount: 2,
        totalTokenCount: 8,
        thoughtsTokenCount: 1,
      },
      modelVersion: 'm',
      responseId: 'r',
    },
  ])
})

const twoCalls: readonly StreamPart[] = [
  { kind: 'toolCallStart', choice: 0, block: 0, id: 'c1', name: 'a' },
  { kind: 'toolCallStart', choice: 0, block: 1, id: 'c2', name: 'b', signature: 'foreign' },
  { kind: 'toolCallArguments', choice: 0, block: 0, text: '{"x":' },
  { kind: 'toolCallArguments', choice: 0, block: 1, text: '{}' },
  { kind: 'toolCallArguments', choice: 0, block: 0, text: '1}' },
]

test('writes calls whole, whatever their pieces, the first with the stand-in for a signature', () => {
  const [only] = chunksOf(write([...twoCalls, finish, { kind: 'end' }]))
  const candidates = memberOf(only, 'candidates')
  assert.deepEqual(Array.isArray(candidates) && memberOf(memberOf(candidates[0], 'content'), 'parts'), [
    {
      functionCall: { id: 'c1', name: 'a', args: { x: 1 } },
      thoughtSignature: 'skip/thought/signature/validator',
    },
    { functionCall: { id: 'c2', name: 'b', args: {} } },
  ])
})

test('keeps words behind the calls that came before them', () => {
  const written = write([...twoCalls, { kind: 'text', choice: 0, text: 'so' }])
  assert.ok(written.indexOf('functionCall') < written.indexOf('"so"'))
})

test('writes one JSON array where the caller asked for no events', () => {
  const parts: readonly StreamPart[] = [{ kind: 'text', choice: 0, text: 'a' }, finish, { kind: 'end' }]
  const array = parseLeniently(write(parts, { framing: 'jsonArray' }))
  assert.equal(Array.isArray(array) && array.length, 2)
})

test('writes an error as an event and then bare, so that a client of either habit raises', () => {
  const encoder = new GeminiStreamEncoder(options)
  const [event = '', bare = ''] = encoder.encodeError(unavailable).split('\r\n\r\n')
  assert.ok(event.startsWith('data: '))
  for (const text of [event.slice('data: '.length), bare]) {
    const error = parseLeniently(text)
    assert.equal(isJsonObject(error) && memberOf(error.error, 'code'), 503)
  }
})

test('writes an error as the last element of an array, also behind bytes of the provider', () => {
  const own = new GeminiStreamEncoder({ ...options, framing: 'jsonArray' })
  assert.ok(Array.isArray(parseLeniently(own.encodeError(unavailable))))
  const late = new GeminiStreamEncoder({ ...options, framing: 'jsonArray', hasBegun: true })
  assert.ok(Array.isArray(parseLeniently(`[{}${late.encodeError(unavailable)}`)))
})

test('shows thoughts without a signature that is not Google’s', () => {
  const written = write([{ kind: 'reasoning', choice: 0, text: 'hm', signature: 'foreign' }])
  assert.match(written, /"thought":true/)
  assert.doesNotMatch(written, /foreign|thoughtSignature/)
})
