import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StreamUnit } from '../chain/ports.ts'
import { anthropicMessages } from './anthropic-messages/anthropic-messages.ts'
import type { Dialect } from './dialect.ts'
import { openaiChat } from './openai-chat/openai-chat.ts'
import { EventStreamReader } from './read-event-stream.ts'

function read(text: string, maxEventCharacters?: number) {
  return readAs(openaiChat, text, maxEventCharacters)
}

function readAs(dialect: Dialect, text: string, maxEventCharacters?: number) {
  const reader = new EventStreamReader(dialect, maxEventCharacters)
  const units: StreamUnit[] = []
  for (const byte of Buffer.from(text)) reader.push(Buffer.from([byte]), unit => units.push(unit))
  reader.finish(unit => units.push(unit))
  return { reader, units }
}

test('gives each event as it came, with its meaning', () => {
  const data = '{"id":"a","choices":[{"index":0,"delta":{"content":"é"}}]}'
  const { units } = read(`: ping\n\ndata: ${data}\n\ndata: [DONE]\n\n`)
  assert.deepEqual(units, [
    {
      data,
      parts: [
        { kind: 'start', id: 'a' },
        { kind: 'text', choice: 0, text: 'é' },
      ],
    },
    { data: '[DONE]', parts: [{ kind: 'end' }] },
  ])
})

test('skips and counts a malformed event', () => {
  const { reader, units } = read('data: {"choices":[\n\ndata: [DONE]\n\n')
  assert.equal(reader.malformedEvents, 1)
  assert.equal(units.length, 1)
})

test('an event without content is not passed on and not malformed', () => {
  const { reader, units } = read('data:\n\ndata\n\nevent: ping\ndata:  \n\ndata: [DONE]\n\n')
  assert.equal(reader.malformedEvents, 0)
  assert.deepEqual(
    units.map(unit => unit.data),
    ['[DONE]'],
  )
})

test('an event whose server left its name out gets the one that its clients wait for', () => {
  const stop = '{"type": "message_stop" }'
  const { units } = readAs(anthropicMessages, `data: ${stop}\n\ndata: {"type":"a\\nb"}\n\ndata: [DONE]\n\n`)
  assert.deepEqual(
    units.map(({ event, data }) => ({ event, data })),
    [
      { event: 'message_stop', data: stop },
      { event: undefined, data: '{"type":"a\\nb"}' },
      { event: undefined, data: '[DONE]' },
    ],
  )
})

test('an event above its bound is an overflow', () => {
  const { reader } = read(`data: ${'x'.repeat(200)}\n\n`, 100)
  assert.equal(reader.overflow?.kind, 'InvalidResponse')
})

test('a plain error body that is labelled a stream is the error that it tells', () => {
  const { units } = read(
    '\n {"error":{"message":"x","type":"insufficient_quota","code":"insufficient_quota"}}',
  )
  const [part] = units[0]?.parts ?? []
  assert.equal(part?.kind === 'error' && part.failure.kind, 'QuotaExhausted')
})

test('any other body that is no stream is an invalid response', () => {
  for (const text of ['{"id":"x","choices":[{"message":{"content":"hi"}}]}', '[1]', '{"cut":']) {
    const [part] = read(text).units[0]?.parts ?? []
    assert.equal(part?.kind === 'error' && part.failure.kind, 'InvalidResponse', text)
  }
})
