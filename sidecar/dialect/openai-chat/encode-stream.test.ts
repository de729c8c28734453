import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StreamPart } from '../completion.ts'
import { ChatStreamDecoder } from './decode-stream.ts'
import { ChatStreamEncoder } from './encode-stream.ts'

const options = { id: 'msg_01', model: 'claude', created: 7, includeUsage: false }

function write(parts: readonly StreamPart[], includeUsage = false): readonly string[] {
  const encoder = new ChatStreamEncoder({ ...options, includeUsage })
  const text = parts.map(part => encoder.encode(part)).join('')
  assert.ok(text.endsWith('\n\n'))
  return text
    .split('\n\n')
    .slice(0, -1)
    .map(event => event.replace(/^data: /, ''))
}

const answer: readonly StreamPart[] = [
  { kind: 'start', id: 'msg_01' },
  { kind: 'text', choice: 0, text: 'let me see' },
  { kind: 'toolCallStart', choice: 0, block: 0, id: 'a', name: 'f' },
  { kind: 'toolCallArguments', choice: 0, block: 0, text: '{"x":1}' },
  { kind: 'toolCallStart', choice: 0, block: 1, id: 'b', name: 'g' },
  { kind: 'usage', usage: { input: 5, output: 1 } },
  { kind: 'finish', choice: 0, finish: 'tool_calls', vendorFinish: 'tool_use' },
  { kind: 'usage', usage: { output: 9 } },
  { kind: 'end' },
]

test('writes one role, the pieces, one finish reason and the marker', () => {
  const events = write(answer)
  assert.equal(events.at(-1), '[DONE]')
  const choices = events.slice(0, -1).map(event => JSON.parse(event).choices[0])
  assert.deepEqual(
    choices.map(choice => choice.delta),
    [
      { role: 'assistant', content: '', refusal: null },
      { content: 'let me see' },
      { tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"x":1}' } }] },
      { tool_calls: [{ index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '' } }] },
      { tool_calls: [{ index: 1, function: { arguments: '{}' } }] },
      {},
    ],
  )
  assert.deepEqual(
    choices.map(choice => choice.finish_reason),
    [null, null, null, null, null, null, 'tool_calls'],
  )
})

test('looks native', () => {
  const [first] = write(answer)
  const { id, object, created, model } = JSON.parse(first ?? '')
  assert.deepEqual(
    { id, object, created, model },
    { id: 'chatcmpl-01', object: 'chat.completion.chunk', created: 7, model: 'claude' },
  )
})

test('tells usage only to those who asked, in one chunk without choices', () => {
  assert.ok(write(answer).every(event => !event.includes('usage')))
  const events = write(answer, true)
  assert.equal(JSON.parse(events[0] ?? '').usage, null)
  const last = JSON.parse(events.at(-2) ?? '')
  assert.deepEqual(last.choices, [])
  assert.equal(last.usage.prompt_tokens, 5)
  assert.equal(last.usage.completion_tokens, 9)
})

test('completes a stream whose provider gave no finish reason', () => {
  const events = write([{ kind: 'text', choice: 0, text: 'x' }, { kind: 'end' }])
  assert.equal(JSON.parse(events.at(-2) ?? '').choices[0].finish_reason, 'stop')
})

test('an answer without any content still has its role and finish', () => {
  const events = write([{ kind: 'end' }])
  assert.equal(events.length, 3)
})

test('a refusal without words becomes a filtered answer, one with words a normal stop', () => {
  const finish: StreamPart = { kind: 'finish', choice: 0, finish: 'refusal', vendorFinish: 'refusal' }
  assert.equal(JSON.parse(write([finish]).at(-1) ?? '').choices[0].finish_reason, 'content_filter')
  const spoken = write([{ kind: 'refusal', choice: 0, text: 'no' }, finish])
  assert.equal(JSON.parse(spoken.at(-1) ?? '').choices[0].finish_reason, 'stop')
})

test('an error ends without the marker, in the shape that clients throw', () => {
  const encoder = new ChatStreamEncoder(options)
  const text = encoder.encodeError({
    status: 502,
    code: 'stream_interrupted',
    message: 'it broke',
    requestId: 'r',
  })
  assert.deepEqual(JSON.parse(text.slice('data: '.length)), {
    error: { message: 'it broke', type: 'llm_fallback_error', param: null, code: 'stream_interrupted' },
  })
})

test('decoding what was encoded gives the same parts', () => {
  const parts: readonly StreamPart[] = [
    { kind: 'reasoning', choice: 0, text: 'hm' },
    { kind: 'text', choice: 0, text: 'a' },
    { kind: 'text', choice: 1, text: 'b' },
    { kind: 'toolCallStart', choice: 0, block: 0, id: 'a', name: 'f' },
    { kind: 'toolCallArguments', choice: 0, block: 0, text: '{"é":"\\n"}' },
    { kind: 'finish', choice: 0, finish: 'tool_calls', vendorFinish: 'tool_calls' },
    { kind: 'finish', choice: 1, finish: 'length', vendorFinish: 'length' },
    { kind: 'end' },
  ]
  const decoder = new ChatStreamDecoder()
  const decoded = write(parts).flatMap(data => decoder.decode({ data }) ?? [])
  assert.deepEqual(
    decoded.filter(part => part.kind !== 'start'),
    parts,
  )
})
