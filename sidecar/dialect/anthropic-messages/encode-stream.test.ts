import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonValue, StreamPart } from '../completion.ts'
import { encodeStream } from './encode-stream.ts'

const options = { id: 'request-1', model: 'asked-model', created: 0, includeUsage: false }

interface WireEvent {
  readonly event: string
  readonly payload: { readonly type: string; readonly [key: string]: JsonValue }
}

function encodeAll(...parts: readonly StreamPart[]): readonly WireEvent[] {
  const encoder = encodeStream(options)
  return eventsOf(parts.map(part => encoder.encode(part)).join(''))
}

function eventsOf(text: string): readonly WireEvent[] {
  return text
    .split('\n\n')
    .filter(block => block !== '')
    .map(block => {
      const [, event, data] = /^event: (.+)\ndata: (.+)$/.exec(block) ?? []
      assert.ok(event !== undefined && data !== undefined, `no event line: ${block}`)
      return { event, payload: JSON.parse(data) }
    })
}

/** Type, index and what matters of each event, on one line. */
function summary(events: readonly WireEvent[]): readonly string[] {
  return events.map(({ payload }) => {
    const { type, index, delta, content_block } = payload
    return JSON.stringify([type, index, delta ?? content_block].filter(value => value !== undefined))
  })
}

const call = (block: number, name: string): StreamPart => ({
  kind: 'toolCallStart',
  choice: 0,
  block,
  id: `call_${block}`,
  name,
})
const piece = (block: number, text: string): StreamPart => ({
  kind: 'toolCallArguments',
  choice: 0,
  block,
  text,
})
const text = (words: string): StreamPart => ({ kind: 'text', choice: 0, text: words })
const finish = (word: 'stop' | 'tool_calls'): StreamPart => ({
  kind: 'finish',
  choice: 0,
  finish: word,
  vendorFinish: word,
})

test('names every event on its event line as in its payload', () => {
  const events = encodeAll({ kind: 'start' }, text('Hi'), finish('stop'), { kind: 'end' })
  for (const { event, payload } of events) assert.equal(event, payload.type)
  assert.deepEqual(
    events.map(one => one.event),
    [
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ],
  )
})

test('waits with the end for usage that comes after the finish', () => {
  const events = encodeAll(
    { kind: 'start' },
    finish('stop'),
    { kind: 'usage', usage: { input: 12, cachedInput: 10, output: 3 } },
    { kind: 'end' },
    { kind: 'end' },
  )
  assert.deepEqual(
    events.map(one => one.event),
    ['message_start', 'message_delta', 'message_stop'],
  )
  assert.deepEqual(events[1]?.payload['usage'], {
    input_tokens: 2,
    cache_creation_input_tokens: null,
    cache_read_input_tokens: 10,
    output_tokens: 3,
  })
})

test('starts the message before content that comes without a start', () => {
  assert.deepEqual(
    encodeAll(text('Hi')).map(one => one.event),
    ['message_start', 'content_block_start', 'content_block_delta'],
  )
})

test('gives texts and calls that alternate blocks of their own', () => {
  const events = encodeAll(
    { kind: 'start' },
    text('A'),
    call(0, 'look'),
    piece(0, '{}'),
    text('B'),
    finish('stop'),
  )
  const blocks = events.filter(
    one => one.event === 'content_block_start' || one.event === 'content_block_stop',
  )
  assert.deepEqual(
    blocks.map(({ event, payload }) => `${event} ${payload['index']}`),
    [
      'content_block_start 0',
      'content_block_stop 0',
      'content_block_start 1',
      'content_block_stop 1',
      'content_block_start 2',
      'content_block_stop 2',
    ],
  )
})

test('untangles calls whose pieces interleave', () => {
  const events = encodeAll(
    { kind: 'start' },
    call(0, 'first'),
    piece(0, '{"a":'),
    call(1, 'second'),
    piece(1, '{"b":2}'),
    piece(0, '1}'),
    finish('tool_calls'),
  )
  assert.deepEqual(summary(events.slice(1)), [
    '["content_block_start",0,{"type":"tool_use","id":"call_0","name":"first","input":{}}]',
    '["content_block_delta",0,{"type":"input_json_delta","partial_json":"{\\"a\\":"}]',
    '["content_block_delta",0,{"type":"input_json_delta","partial_json":"1}"}]',
    '["content_block_stop",0]',
    '["content_block_start",1,{"type":"tool_use","id":"call_1","name":"second","input":{}}]',
    '["content_block_delta",1,{"type":"input_json_delta","partial_json":"{\\"b\\":2}"}]',
    '["content_block_stop",1]',
  ])
})

test('streams a second call at once when the first is complete', () => {
  const encoder = encodeStream(options)
  for (const part of [call(0, 'first'), piece(0, '{"a":1}')]) encoder.encode(part)
  const written = encoder.encode(call(1, 'second'))
  assert.deepEqual(
    eventsOf(String(written)).map(one => one.event),
    ['content_block_stop', 'content_block_start'],
  )
  assert.match(String(encoder.encode(piece(1, '{"b"'))), /partial_json/)
})

test('writes neither reasoning, whose signature it would have to invent, nor other choices', () => {
  assert.deepEqual(encodeAll({ kind: 'reasoning', choice: 0, text: 'Hm.' }), [])
  assert.deepEqual(encodeAll({ kind: 'text', choice: 1, text: 'Hi' }), [])
})

test('names the model that answered and an id of its own kind', () => {
  const [start] = encodeAll({ kind: 'start', id: 'chatcmpl-1', model: 'other-model' })
  const message = start?.payload['message']
  assert.ok(typeof message === 'object' && message !== null && 'id' in message)
  assert.match(String(message.id), /^msg_[a-zA-Z0-9]+$/)
  assert.equal(message['model'], 'other-model')
})

test('keeps to the grammar of the stream, whatever parts come in whatever order', () => {
  const block = fc.nat({ max: 3 })
  const part: fc.Arbitrary<StreamPart> = fc.oneof(
    fc.string().map(text),
    block.map(number => call(number, 'look')),
    fc
      .tuple(block, fc.constantFrom('', '{', '{}', '{"a":1}', '}'))
      .map(([number, json]) => piece(number, json)),
    fc.constantFrom<StreamPart>({ kind: 'start' }, finish('stop'), finish('tool_calls')),
    fc.constant<StreamPart>({ kind: 'usage', usage: { output: 3 } }),
    fc.string().map((words): StreamPart => ({ kind: 'refusal', choice: 0, text: words })),
  )
  fc.assert(
    fc.property(fc.array(part), parts => {
      assertGrammar(encodeAll(...parts, { kind: 'end' }))
    }),
  )
})

/** One start, blocks that open and close one after the other with a running index, one end. */
function assertGrammar(events: readonly WireEvent[]): void {
  const names = events.map(one => one.event)
  assert.equal(names[0], 'message_start')
  assert.deepEqual(names.slice(-2), ['message_delta', 'message_stop'])
  let next = 0
  let open: number | undefined
  for (const { event, payload } of events.slice(1, -2)) {
    if (event === 'content_block_start') {
      assert.equal(open, undefined)
      assert.equal(payload['index'], next)
      open = next++
    } else {
      assert.equal(payload['index'], open)
      if (event === 'content_block_stop') open = undefined
      else assert.equal(event, 'content_block_delta')
    }
  }
  assert.equal(open, undefined)
}
