import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject, StreamPart } from '../completion.ts'
import { CohereStreamDecoder } from './decode-stream.ts'

function decodeAll(events: readonly JsonObject[]): readonly StreamPart[] {
  const decoder = new CohereStreamDecoder()
  return events.flatMap(event => decoder.decode({ data: JSON.stringify(event) }) ?? [])
}

function textEvent(text: string, index = 0): JsonObject {
  return { type: 'content-delta', index, delta: { message: { content: { text } } } }
}

test('pieces of a call without an index belong to the latest call', () => {
  const call = (id: string) => ({
    type: 'tool-call-start',
    delta: { message: { tool_calls: { id, function: { name: 'look' } } } },
  })
  const piece = {
    type: 'tool-call-delta',
    delta: { message: { tool_calls: { function: { arguments: '{}' } } } },
  }
  assert.deepEqual(decodeAll([call('a'), call('b'), piece]), [
    { kind: 'toolCallStart', choice: 0, block: 0, id: 'a', name: 'look' },
    { kind: 'toolCallStart', choice: 0, block: 1, id: 'b', name: 'look' },
    { kind: 'toolCallArguments', choice: 0, block: 1, text: '{}' },
  ])
})

test('a citation is placed in the text that came before it', () => {
  const citations = { start: 1, end: 4, text: 'Ada', content_index: 1, sources: [{ id: 'doc:0' }] }
  const parts = decodeAll([
    textEvent('🦉Ada', 1),
    { type: 'citation-start', index: 0, delta: { message: { citations } } },
    { type: 'citation-end', index: 0 },
  ])
  assert.deepEqual(parts.slice(1), [
    { kind: 'citation', choice: 0, citation: { title: 'doc:0', start: 2, end: 5 } },
  ])
})

test('the plan says nothing that is shown', () => {
  assert.deepEqual(decodeAll([{ type: 'tool-plan-delta', delta: { message: { tool_plan: 'I' } } }]), [])
})

test('a stream that ends with an error ends with nothing else', () => {
  const decoder = new CohereStreamDecoder()
  const usage = { tokens: { input_tokens: 1, output_tokens: 2 } }
  const delta = { finish_reason: 'ERROR', error: 'the model went away', usage }
  const parts = decoder.decode({ data: JSON.stringify({ type: 'message-end', delta }) })
  assert.deepEqual(
    parts?.map(part => part.kind),
    ['usage', 'error'],
  )
  assert.deepEqual(decoder.decode({ data: '[DONE]' }), [])
})

test('an event goes by its type, and by its name where it has none', () => {
  const decoder = new CohereStreamDecoder()
  const data = JSON.stringify({ delta: { message: { content: { text: 'hi' } } } })
  assert.deepEqual(decoder.decode({ event: 'content-delta', data }), [
    { kind: 'text', choice: 0, text: 'hi' },
  ])
})

test('an error in the flat form of a whole answer is one', () => {
  const [part] = decodeAll([{ id: 'x', message: 'too many tokens: 5' }])
  assert.equal(part?.kind === 'error' && part.failure.kind, 'ContextOverflow')
})

test('what is no JSON object is malformed', () => {
  assert.equal(new CohereStreamDecoder().decode({ data: '{"type":' }), undefined)
})
