import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StreamUnit } from '../../chain/ports.ts'
import { AwsEventStreamReader } from '../aws-event-stream-reader.ts'
import type { CompletionReply, StreamPart } from '../completion.ts'
import { decodeReply } from './decode-reply.ts'
import { encodeReply } from './encode-reply.ts'
import { encodeStream } from './encode-stream.ts'

function open() {
  return encodeStream({ id: 'x', model: 'm', created: 0, includeUsage: false })
}

/** The frames as their readers see them. */
function framesIn(
  bytes: readonly (string | Uint8Array)[],
): readonly (readonly [string | undefined, unknown])[] {
  const reader = new AwsEventStreamReader({ decode: () => [] })
  const units: StreamUnit[] = []
  for (const chunk of bytes) reader.push(Buffer.from(chunk), unit => units.push(unit))
  assert.equal(reader.overflow, undefined)
  return units.map(({ event, data }) => [event, JSON.parse(data)])
}

function write(...parts: readonly StreamPart[]) {
  const encoder = open()
  return framesIn(parts.map(part => encoder.encode(part)))
}

const end: readonly StreamPart[] = [
  { kind: 'finish', choice: 0, finish: 'stop', vendorFinish: 'stop' },
  { kind: 'usage', usage: { input: 10, output: 2, cachedInput: 4 } },
  { kind: 'end' },
]

test('a stream has one start, its text in one block, and the counters at its end', () => {
  const frames = write(
    { kind: 'start', id: 'a', model: 'b' },
    { kind: 'reasoning', choice: 0, text: 'hm' },
    { kind: 'text', choice: 0, text: 'é' },
    { kind: 'text', choice: 0, text: '!' },
    { kind: 'text', choice: 1, text: 'another choice' },
    { kind: 'citation', choice: 0, citation: { url: 'https://a.b', title: 't' } },
    ...end,
  )
  assert.deepEqual(frames, [
    ['messageStart', { role: 'assistant' }],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'é' } }],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: '!' } }],
    [
      'contentBlockDelta',
      {
        contentBlockIndex: 0,
        delta: { citation: { title: 't', location: { web: { url: 'https://a.b' } } } },
      },
    ],
    ['contentBlockStop', { contentBlockIndex: 0 }],
    ['messageStop', { stopReason: 'end_turn' }],
    [
      'metadata',
      {
        usage: { inputTokens: 6, outputTokens: 2, totalTokens: 12, cacheReadInputTokens: 4 },
        metrics: { latencyMs: 0 },
      },
    ],
  ])
})

test('calls whose pieces interleave are written one after the other, under fitting ids', () => {
  const frames = write(
    { kind: 'toolCallStart', choice: 0, block: 0, id: 'call/1', name: 'f' },
    { kind: 'toolCallStart', choice: 0, block: 1, id: 'call_2', name: 'g' },
    { kind: 'toolCallArguments', choice: 0, block: 1, text: '{"y":' },
    { kind: 'toolCallArguments', choice: 0, block: 1, text: '2}' },
    { kind: 'finish', choice: 0, finish: 'tool_calls', vendorFinish: 'tool_calls' },
    { kind: 'end' },
  )
  const [, start] = frames[1] ?? []
  assert.match(JSON.stringify(start), /"toolUseId":"tooluse_[\w-]{22}","name":"f"/)
  assert.deepEqual(frames.slice(2, -1), [
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input: '{}' } } }],
    ['contentBlockStop', { contentBlockIndex: 0 }],
    ['contentBlockStart', { contentBlockIndex: 1, start: { toolUse: { toolUseId: 'call_2', name: 'g' } } }],
    ['contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input: '{"y":2}' } } }],
    ['contentBlockStop', { contentBlockIndex: 1 }],
    ['messageStop', { stopReason: 'tool_use' }],
  ])
})

test('a stream without a word still starts and ends', () => {
  const names = write(...end).map(([name]) => name)
  assert.deepEqual(names, ['messageStart', 'messageStop', 'metadata'])
})

test('an error is an exception that the stream can carry', () => {
  const error = { code: 'x', message: 'no', requestId: '1' }
  const names = ([429, 503, 504, 500, 400, 403] as const).map(
    status => framesIn([open().encodeError({ ...error, status })])[0],
  )
  assert.deepEqual(names, [
    ['exception:throttlingException', { message: 'no' }],
    ['exception:serviceUnavailableException', { message: 'no' }],
    ['exception:modelStreamErrorException', { message: 'no' }],
    ['exception:internalServerException', { message: 'no' }],
    ['exception:validationException', { message: 'no' }],
    ['exception:modelStreamErrorException', { message: 'no' }],
  ])
})

test('a whole answer reads back as it was, but for its name', () => {
  const reply: CompletionReply = {
    id: '',
    model: '',
    choices: [
      {
        content: [
          { kind: 'text', text: 'so' },
          { kind: 'text', text: 'cited', citations: [{ url: 'https://a.b', title: 't', citedText: 'c' }] },
          { kind: 'toolCall', id: 'call_1', name: 'f', argumentsText: '{"x":1}' },
        ],
        finish: 'tool_calls',
        vendorFinish: 'tool_use',
      },
    ],
    usage: { input: 9, output: 2, cachedInput: 3, cacheWrite: 1 },
  }
  assert.deepEqual(decodeReply(encodeReply(reply)), { kind: 'reply', reply })
})

test('a filtered answer and a refusal are told as filtered', () => {
  for (const finish of ['content_filter', 'refusal'] as const) {
    const body = encodeReply({
      id: '',
      model: '',
      choices: [{ content: [{ kind: 'refusal', text: 'no' }], finish, vendorFinish: finish }],
    })
    assert.equal(body['stopReason'], 'content_filtered')
    assert.deepEqual(body['output'], { message: { role: 'assistant', content: [{ text: 'no' }] } })
  }
})
