import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonObject, StreamPart } from '../completion.ts'
import { ResponsesStreamDecoder } from './decode-stream.ts'

function decode(...events: readonly JsonObject[]): readonly StreamPart[] {
  const decoder = new ResponsesStreamDecoder()
  return events.flatMap(event => decoder.decode({ data: JSON.stringify(event) }) ?? assert.fail('malformed'))
}

const message = { type: 'message', id: 'msg_1', content: [] }
const spoken = {
  type: 'output_text',
  text: 'hello',
  annotations: [{ type: 'url_citation', url: 'https://e' }],
}
const place = { output_index: 0, content_index: 0, item_id: 'msg_1' }
const completed = { type: 'response.completed', response: { id: 'resp_1', status: 'completed', output: [] } }
const ended: readonly StreamPart[] = [
  { kind: 'start', id: 'resp_1' },
  { kind: 'finish', choice: 0, finish: 'stop', vendorFinish: 'completed' },
  { kind: 'end' },
]

const added = { type: 'response.output_item.added', output_index: 0, item: message }
const deltas = [
  { type: 'response.output_text.delta', ...place, delta: 'hel', logprobs: [] },
  { type: 'response.output_text.delta', ...place, delta: 'lo', logprobs: [] },
]
const cited = {
  type: 'response.output_text.annotation.added',
  ...place,
  annotation: spoken.annotations[0] ?? {},
}
const textDone = { type: 'response.output_text.done', ...place, text: 'hello' }
const partDone = { type: 'response.content_part.done', ...place, part: spoken }
const itemDone = {
  type: 'response.output_item.done',
  output_index: 0,
  item: { ...message, content: [spoken] },
}

function textOf(parts: readonly StreamPart[]): string {
  return parts.map(part => (part.kind === 'text' ? part.text : '')).join('')
}

test('a text in pieces is said once, though it is repeated whole three times', () => {
  const whole = { ...completed, response: { ...completed.response, output: [itemDone.item] } }
  const parts = decode(added, ...deltas, cited, textDone, partDone, itemDone, whole)
  assert.equal(textOf(parts), 'hello')
  assert.equal(parts.filter(part => part.kind === 'citation').length, 1)
  assert.deepEqual(parts.slice(-3), ended)
})

test('a server may leave out the deltas, or everything but the end', () => {
  const whole = { ...completed, response: { ...completed.response, output: [itemDone.item] } }
  for (const events of [[added, textDone, itemDone, completed], [itemDone, completed], [whole]]) {
    assert.equal(textOf(decode(...events)), 'hello')
  }
})

test('calls run side by side, each under its own number', () => {
  const call = (output_index: number, name: string) => ({
    type: 'response.output_item.added',
    output_index,
    item: { type: 'function_call', id: `fc_${name}`, call_id: `call_${name}`, name, arguments: '' },
  })
  const piece = (output_index: number, delta: string) => ({
    type: 'response.function_call_arguments.delta',
    output_index,
    delta,
  })
  const parts = decode(
    call(1, 'f'),
    call(2, 'g'),
    piece(2, '{"b"'),
    piece(1, '{}'),
    piece(2, ':1}'),
    { type: 'response.function_call_arguments.done', output_index: 1, arguments: '{}' },
    call(3, 'h'),
    { type: 'response.function_call_arguments.done', output_index: 3, arguments: '{"late":true}' },
    completed,
  )
  assert.deepEqual(parts.slice(0, 7), [
    { kind: 'toolCallStart', choice: 0, block: 0, id: 'call_f', name: 'f' },
    { kind: 'toolCallStart', choice: 0, block: 1, id: 'call_g', name: 'g' },
    { kind: 'toolCallArguments', choice: 0, block: 1, text: '{"b"' },
    { kind: 'toolCallArguments', choice: 0, block: 0, text: '{}' },
    { kind: 'toolCallArguments', choice: 0, block: 1, text: ':1}' },
    { kind: 'toolCallStart', choice: 0, block: 2, id: 'call_h', name: 'h' },
    { kind: 'toolCallArguments', choice: 0, block: 2, text: '{"late":true}' },
  ])
  assert.deepEqual(parts.at(-2), {
    kind: 'finish',
    choice: 0,
    finish: 'tool_calls',
    vendorFinish: 'completed',
  })
})

test('the parts of a summary are paragraphs; encrypted reasoning says nothing', () => {
  const say = (summary_index: number, delta: string) => ({
    type: 'response.reasoning_summary_text.delta',
    output_index: 0,
    summary_index,
    delta,
  })
  const done = {
    type: 'response.output_item.done',
    output_index: 0,
    item: { type: 'reasoning', encrypted_content: 'x', summary: [{ text: 'one' }, { text: 'two' }] },
  }
  const parts = decode(say(0, 'o'), say(0, 'ne'), say(1, 'two'), done)
  assert.equal(parts.map(part => (part.kind === 'reasoning' ? part.text : '')).join(''), 'one\n\ntwo')
  assert.deepEqual(decode({ ...done, item: { type: 'reasoning', encrypted_content: 'x', summary: [] } }), [])
})

test('a failed response is an error with what it cost, and no end', () => {
  const parts = decode({
    type: 'response.failed',
    response: {
      status: 'failed',
      error: { code: 'server_is_overloaded', message: 'x' },
      usage: { input_tokens: 2, output_tokens: 0 },
    },
  })
  assert.deepEqual(parts[0], { kind: 'usage', usage: { input: 2, output: 0 } })
  const error = parts[1]
  assert.equal(error?.kind === 'error' && error.failure.kind, 'Overloaded')
  assert.equal(parts.length, 2)
})

test('errors are errors nested, flat, or without a name', () => {
  const kindOf = (event: JsonObject) => {
    const [part] = decode(event)
    return part?.kind === 'error' ? part.failure.kind : part?.kind
  }
  const quota = { code: 'insufficient_quota', message: 'x' }
  assert.equal(kindOf({ type: 'error', error: quota }), 'QuotaExhausted')
  assert.equal(kindOf({ type: 'error', ...quota }), 'QuotaExhausted')
  assert.equal(kindOf({ error: quota }), 'QuotaExhausted')
  const decoder = new ResponsesStreamDecoder()
  assert.equal(decoder.decode({ event: 'error', data: 'gone' })?.[0]?.kind, 'error')
})

test('pings, unknown events and the marker of another format are silent; no JSON is malformed', () => {
  assert.deepEqual(decode({ type: 'keepalive' }, { type: 'response.steer.accepted' }), [])
  const decoder = new ResponsesStreamDecoder()
  assert.deepEqual(decoder.decode({ data: '[DONE]' }), [])
  assert.equal(decoder.decode({ data: '{"type":' }), undefined)
})

test('never throws, whatever an event holds', () => {
  const types = fc.constantFrom(
    ...[added, ...deltas, cited, textDone, itemDone, completed].map(one => one.type),
  )
  const event = fc.record({ type: types, payload: fc.dictionary(fc.string(), fc.jsonValue()) }).map(one => {
    return JSON.stringify({ ...one.payload, response: one.payload, item: one.payload, type: one.type })
  })
  fc.assert(
    fc.property(fc.array(event), events => {
      const decoder = new ResponsesStreamDecoder()
      for (const data of events) decoder.decode({ data })
    }),
  )
})
