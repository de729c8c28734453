import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonValue, StreamPart } from '../completion.ts'
import { answerTool } from './answer-tool.ts'
import { decodeStream } from './decode-stream.ts'

type Event = readonly [name: string, payload: JsonValue]

function decode(...events: readonly Event[]): readonly (StreamPart | 'malformed')[] {
  const decoder = decodeStream()
  return events.flatMap(
    ([event, payload]): readonly (StreamPart | 'malformed')[] =>
      decoder.decode({ event, data: JSON.stringify(payload) }) ?? ['malformed'],
  )
}

const delta = (contentBlockIndex: number, change: JsonValue): Event => [
  'contentBlockDelta',
  { contentBlockIndex, delta: change, p: 'abc' },
]

test('a stream of text ends with the counters, which come behind the reason for its end', () => {
  const parts = decode(
    ['messageStart', { role: 'assistant' }],
    delta(0, { text: 'so' }),
    delta(0, { citation: { title: 't', sourceContent: [{ text: 'c' }] } }),
    ['contentBlockStop', { contentBlockIndex: 0 }],
    ['messageStop', { stopReason: 'stop_sequence', additionalModelResponseFields: { stop_sequence: 'END' } }],
    ['metadata', { usage: { inputTokens: 1, outputTokens: 2, cacheReadInputTokens: 3 }, metrics: {} }],
  )
  assert.deepEqual(parts, [
    { kind: 'start' },
    { kind: 'text', choice: 0, text: 'so' },
    { kind: 'citation', choice: 0, citation: { title: 't', citedText: 'c' } },
    { kind: 'finish', choice: 0, finish: 'stop', vendorFinish: 'stop_sequence', stopSequence: 'END' },
    { kind: 'usage', usage: { input: 4, output: 2, cachedInput: 3 } },
    { kind: 'end' },
  ])
})

test('counters without a reason for the end are no end', () => {
  const parts = decode(['messageStart', {}], delta(0, { text: 'so' }), [
    'metadata',
    { usage: { inputTokens: 1, outputTokens: 2 } },
  ])
  assert.equal(
    parts.at(-1) !== 'malformed' && parts.some(part => part !== 'malformed' && part.kind === 'end'),
    false,
  )
})

test('calls are numbered by themselves, and one without a piece has an empty object', () => {
  const start = (contentBlockIndex: number, toolUse: JsonValue): Event => [
    'contentBlockStart',
    { contentBlockIndex, start: { toolUse } },
  ]
  const parts = decode(
    delta(0, { text: 'so' }),
    start(1, { toolUseId: 'a', name: 'f' }),
    delta(1, { toolUse: { input: '' } }),
    delta(1, { toolUse: { input: '{"x":' } }),
    delta(1, { toolUse: { input: '1}' } }),
    ['contentBlockStop', { contentBlockIndex: 1 }],
    start(2, { toolUseId: 'b', name: 'g' }),
    ['contentBlockStop', { contentBlockIndex: 2 }],
    start(3, { toolUseId: 'c', name: 'web', type: 'server_tool_use' }),
    delta(3, { toolUse: { input: '{}' } }),
  )
  assert.deepEqual(parts.slice(1), [
    { kind: 'toolCallStart', choice: 0, block: 0, id: 'a', name: 'f' },
    { kind: 'toolCallArguments', choice: 0, block: 0, text: '{"x":' },
    { kind: 'toolCallArguments', choice: 0, block: 0, text: '1}' },
    { kind: 'toolCallStart', choice: 0, block: 1, id: 'b', name: 'g' },
    { kind: 'toolCallArguments', choice: 0, block: 1, text: '{}' },
    { kind: 'other', choice: 0, itemKind: 'server_tool_use' },
  ])
})

test('the input of the tool that carries the answer streams as text', () => {
  const parts = decode(
    ['contentBlockStart', { contentBlockIndex: 0, start: { toolUse: { toolUseId: 'a', name: answerTool } } }],
    delta(0, { toolUse: { input: '{"city":"Bonn"}' } }),
    ['contentBlockStop', { contentBlockIndex: 0 }],
    ['messageStop', { stopReason: 'tool_use' }],
  )
  assert.deepEqual(parts, [
    { kind: 'text', choice: 0, text: '{"city":"Bonn"}' },
    { kind: 'finish', choice: 0, finish: 'stop', vendorFinish: 'tool_use' },
  ])
})

test('reasoning, its signature and what of it is hidden', () => {
  const parts = decode(
    delta(0, { reasoningContent: { text: 'hm' } }),
    delta(0, { reasoningContent: { signature: 's' } }),
    delta(1, { reasoningContent: { redactedContent: 'AQID' } }),
  )
  assert.deepEqual(parts, [
    { kind: 'reasoning', choice: 0, text: 'hm' },
    { kind: 'reasoning', choice: 0, text: '', signature: 's' },
    { kind: 'reasoning', choice: 0, text: '', redactedData: 'AQID' },
  ])
})

test('an exception is an error of its kind', () => {
  const [part] = decode(['exception:throttlingException', { message: 'slow down' }])
  assert.ok(part !== undefined && part !== 'malformed' && part.kind === 'error')
  assert.equal(part.failure.kind, 'RateLimited')
  assert.equal(part.failure.message?.reveal(), 'slow down')
})

test('an answer that the provider could not read is an error, and no finish', () => {
  const [part] = decode(['messageStop', { stopReason: 'malformed_tool_use' }])
  assert.ok(part !== undefined && part !== 'malformed' && part.kind === 'error')
  assert.equal(part.failure.kind, 'InvalidResponse')
})

test('events and deltas of later days say nothing, and what has the wrong shape is malformed', () => {
  assert.deepEqual(decode(['somethingNew', {}], delta(0, { somethingNew: {} }), delta(0, {})), [])
  assert.deepEqual(
    decode(
      ['contentBlockDelta', { contentBlockIndex: 0 }],
      delta(0, { text: 1 }),
      ['contentBlockStart', { start: {} }],
      ['contentBlockStop', {}],
      ['messageStop', {}],
      ['metadata', []],
    ),
    ['malformed', 'malformed', 'malformed', 'malformed', 'malformed', 'malformed'],
  )
})
