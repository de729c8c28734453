import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonValue, StreamPart } from '../completion.ts'
import { decodeStream } from './decode-stream.ts'

function decodeAll(...payloads: readonly JsonValue[]): readonly StreamPart[] {
  const decoder = decodeStream()
  return payloads.flatMap(payload => decoder.decode({ data: JSON.stringify(payload) }) ?? [])
}

test('reads payloads that are padded with blanks', () => {
  const decoder = decodeStream()
  const data = '{"type":"message_stop"            }'
  assert.deepEqual(decoder.decode({ event: 'message_stop', data }), [{ kind: 'end' }])
})

test('says nothing for pings, unknown events and the terminal marker of another dialect', () => {
  const decoder = decodeStream()
  assert.deepEqual(decoder.decode({ event: 'ping', data: '{"type": "ping"}' }), [])
  assert.deepEqual(decoder.decode({ event: 'news', data: '{"type":"news","index":1}' }), [])
  assert.deepEqual(decoder.decode({ data: '[DONE]' }), [])
})

for (const data of ['', '{', '[]', '"text"', '{"type":"message_start"}', '{"type":"content_block_delta"}']) {
  test(`calls ${JSON.stringify(data)} malformed`, () => {
    assert.equal(decodeStream().decode({ data }), undefined)
  })
}

test('replaces counters that come again, and keeps those that do not', () => {
  const parts = decodeAll(
    {
      type: 'message_start',
      message: {
        id: 'msg_1',
        model: 'm',
        usage: { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 1 },
      },
    },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 30 } },
  )
  const usages = parts.flatMap(part => (part.kind === 'usage' ? [part.usage] : []))
  assert.deepEqual(usages, [
    { input: 15, output: 1, cachedInput: 5 },
    { input: 15, output: 30, cachedInput: 5 },
  ])
})

test('numbers the calls to the client, whatever blocks stand between them', () => {
  const start = (index: number, type: string, name: string) => ({
    type: 'content_block_start',
    index,
    content_block: { type, id: `id_${index}`, name, input: {} },
  })
  const piece = (index: number, partial_json: string) => ({
    type: 'content_block_delta',
    index,
    delta: { type: 'input_json_delta', partial_json },
  })
  const stop = (index: number) => ({ type: 'content_block_stop', index })
  const parts = decodeAll(
    start(0, 'server_tool_use', 'web_search'),
    piece(0, '{"query":"x"}'),
    stop(0),
    start(1, 'tool_use', 'first'),
    piece(1, '{"a":'),
    piece(1, '1}'),
    stop(1),
    start(2, 'tool_use', 'second'),
    piece(2, ''),
    stop(2),
  )
  assert.deepEqual(parts, [
    { kind: 'other', choice: 0, itemKind: 'server_tool_use' },
    { kind: 'toolCallStart', choice: 0, block: 0, id: 'id_1', name: 'first' },
    { kind: 'toolCallArguments', choice: 0, block: 0, text: '{"a":' },
    { kind: 'toolCallArguments', choice: 0, block: 0, text: '1}' },
    { kind: 'toolCallStart', choice: 0, block: 1, id: 'id_2', name: 'second' },
    { kind: 'toolCallArguments', choice: 0, block: 1, text: '{}' },
  ])
})

test('takes arguments that come whole with the start of a call', () => {
  const parts = decodeAll(
    {
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 'a', name: 'look', input: { city: 'Bern' } },
    },
    { type: 'content_block_stop', index: 0 },
  )
  assert.deepEqual(parts.at(-1), {
    kind: 'toolCallArguments',
    choice: 0,
    block: 0,
    text: '{"city":"Bern"}',
  })
})

test('reads an error event with its name and without', () => {
  const error = { type: 'rate_limit_error', message: 'slow down' }
  for (const payload of [{ type: 'error', error }, { error }]) {
    const [part] = decodeAll(payload)
    assert.equal(part?.kind === 'error' && part.failure.kind, 'RateLimited')
  }
})
