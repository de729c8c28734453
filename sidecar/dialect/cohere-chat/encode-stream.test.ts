import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject, StreamPart } from '../completion.ts'
import { CohereStreamEncoder } from './encode-stream.ts'

const options = { id: 'abc', model: 'm', created: 0, includeUsage: true }

function eventsOf(text: string): readonly JsonObject[] {
  return text
    .split('\n\n')
    .filter(event => event.includes('data: {'))
    .map(event => JSON.parse(event.slice(event.indexOf('data: ') + 6)))
}

function encodeAll(parts: readonly StreamPart[]): string {
  const encoder = new CohereStreamEncoder(options)
  return parts.map(part => encoder.encode(part)).join('')
}

function typesOf(text: string): readonly unknown[] {
  return eventsOf(text).map(event => event.type)
}

const stop: StreamPart = { kind: 'finish', choice: 0, finish: 'stop', vendorFinish: 'stop' }

test('tells thinking, text, finish and usage in the vendor’s order', () => {
  const text = encodeAll([
    { kind: 'start', id: 'abc' },
    { kind: 'reasoning', choice: 0, text: 'hm', signature: 'sealed' },
    { kind: 'text', choice: 0, text: 'Hi' },
    stop,
    { kind: 'usage', usage: { input: 3, output: 2, reasoning: 1 } },
    { kind: 'end' },
  ])
  assert.deepEqual(typesOf(text), [
    'message-start',
    'content-start',
    'content-delta',
    'content-end',
    'content-start',
    'content-delta',
    'content-end',
    'message-end',
  ])
  assert.deepEqual(eventsOf(text).at(-1)?.delta, {
    finish_reason: 'COMPLETE',
    usage: {
      billed_units: { input_tokens: 3, output_tokens: 2 },
      tokens: { input_tokens: 3, output_tokens: 2, reasoning_tokens: 1 },
    },
  })
  assert.ok(text.endsWith('data: [DONE]\n\n'))
  assert.doesNotMatch(text, /sealed/)
})

test('calls that are announced together keep their own arguments', () => {
  const text = encodeAll([
    { kind: 'toolCallStart', choice: 0, block: 0, id: 'a', name: 'look' },
    { kind: 'toolCallStart', choice: 0, block: 1, id: 'b', name: 'wait' },
    { kind: 'toolCallArguments', choice: 0, block: 0, text: '{"far":true}' },
    { kind: 'finish', choice: 0, finish: 'tool_calls', vendorFinish: 'tool_use' },
    { kind: 'end' },
  ])
  const written = eventsOf(text)
    .filter(event => event.type === 'tool-call-delta')
    .map(({ index, delta }) => [index, delta])
  assert.deepEqual(written, [
    [0, { message: { tool_calls: { function: { arguments: '{"far":true}' } } } }],
    [1, { message: { tool_calls: { function: { arguments: '{}' } } } }],
  ])
  assert.equal(typesOf(text).filter(type => type === 'tool-call-end').length, 2)
})

test('a citation counts characters and quotes what it is about', () => {
  const text = encodeAll([
    { kind: 'text', choice: 0, text: '🦉 Ada' },
    { kind: 'citation', choice: 0, citation: { url: 'https://a.example', start: 3, end: 6 } },
  ])
  const cited = eventsOf(text).find(event => event.type === 'citation-start')
  assert.deepEqual(cited?.delta, {
    message: {
      citations: {
        start: 2,
        end: 5,
        text: 'Ada',
        sources: [{ type: 'document', id: 'https://a.example', document: { url: 'https://a.example' } }],
        content_index: 0,
        type: 'TEXT_CONTENT',
      },
    },
  })
})

test('an error is an end that says so', () => {
  const encoder = new CohereStreamEncoder(options)
  encoder.encode({ kind: 'text', choice: 0, text: 'half' })
  const text = encoder.encodeError({ status: 503, code: 'overloaded', message: 'busy', requestId: 'r' })
  assert.deepEqual(eventsOf(text), [
    { type: 'message-end', id: 'abc', delta: { finish_reason: 'ERROR', error: 'busy' } },
  ])
})

test('what was begun in the provider’s own bytes is not begun again', () => {
  const encoder = new CohereStreamEncoder({ ...options, hasBegun: true })
  assert.doesNotMatch(encoder.encode({ kind: 'text', choice: 0, text: 'more' }), /message-start/)
})

test('an answer that nobody filled is still a whole stream', () => {
  assert.deepEqual(typesOf(encodeAll([{ kind: 'end' }])), ['message-start', 'message-end'])
})

test('a second choice has no place', () => {
  assert.equal(encodeAll([{ kind: 'text', choice: 1, text: 'other' }]), '')
})
