import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { SseEvent } from './dialect.ts'
import { SseReader } from './sse-reader.ts'

interface Reading {
  readonly events: readonly SseEvent[]
  readonly hasOverflow: boolean
}

function read(chunks: readonly Buffer[], maxEventCharacters?: number): Reading {
  const events: SseEvent[] = []
  const onEvent = (event: SseEvent) => events.push(event)
  const reader = new SseReader(
    maxEventCharacters === undefined ? { onEvent } : { onEvent, maxEventCharacters },
  )
  for (const chunk of chunks) reader.push(chunk)
  reader.finish()
  return { events, hasOverflow: reader.overflow !== undefined }
}

function cut(bytes: Buffer, borders: readonly number[]): readonly Buffer[] {
  const offsets = [...new Set(borders.map(border => border % (bytes.length + 1)))].sort((a, b) => a - b)
  const chunks: Buffer[] = []
  let from = 0
  for (const offset of [...offsets, bytes.length]) {
    chunks.push(bytes.subarray(from, offset))
    from = offset
  }
  return chunks
}

/** Every framing that the vendors use, in one stream. */
const stream = Buffer.from(
  [
    '\u{FEFF}: KEEP ALIVE\n\n',
    'data: {"text":"héllo → 世界 🌍"}\n\n',
    'event: message_start\r\ndata: {"a":1}\r\n\r\n',
    'id: 7\rdata: one\rdata: two\r\r',
    'retry: soon\nunknown: field\ndata:no space\n\n',
    'event: only\n\n',
    'data: 🌍🌍\r\n\n',
    'data\n\n',
    'data: [DONE]\n\n',
  ].join(''),
)

const events: readonly SseEvent[] = [
  { data: '{"text":"héllo → 世界 🌍"}' },
  { event: 'message_start', data: '{"a":1}' },
  { data: 'one\ntwo' },
  { data: 'no space' },
  { data: '🌍🌍' },
  { data: '' },
  { data: '[DONE]' },
]

test('reads every framing', () => {
  assert.deepEqual(read([stream]).events, events)
})

test('gives the same events byte by byte', () => {
  assert.deepEqual(read([...stream].map(byte => Buffer.from([byte]))).events, events)
})

test('gives the same events for any chunk borders', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(stream.length), { maxLength: 40 }), borders => {
      assert.deepEqual(read(cut(stream, borders)).events, events)
    }),
    { numRuns: 1000 },
  )
})

test('bytes that are not UTF-8 give the same replacement whatever the chunk borders', () => {
  const broken = Buffer.concat([
    Buffer.from('data: a'),
    Buffer.from([0xf0, 0x9f, 0x41, 0xff, 0xc3]),
    Buffer.from('\n\n'),
  ])
  const whole = read([broken]).events
  fc.assert(
    fc.property(fc.array(fc.nat(broken.length), { maxLength: 8 }), borders => {
      assert.deepEqual(read(cut(broken, borders)).events, whole)
    }),
  )
})

test('a clean end completes an event that lacks its blank line', () => {
  for (const tail of ['data: x', 'data: x\n', 'data: x\r', 'data: x\r\n']) {
    assert.deepEqual(read([Buffer.from(tail)]).events, [{ data: 'x' }], JSON.stringify(tail))
  }
})

test('an unfinished event is not given out before the end', () => {
  const seen: SseEvent[] = []
  const reader = new SseReader({ onEvent: event => seen.push(event) })
  reader.push(Buffer.from('data: half\n'))
  assert.deepEqual(seen, [])
})

test('an event above the limit stops the reading, however it is cut', () => {
  const large = Buffer.from(`data: ok\n\ndata: ${'x'.repeat(200)}\n\ndata: later\n\n`)
  for (const chunks of [[large], cut(large, [40, 80, 120]), cut(large, [20])]) {
    const { events: seen, hasOverflow } = read(chunks, 100)
    assert.deepEqual(seen, [{ data: 'ok' }])
    assert.equal(hasOverflow, true)
  }
})

test('a line without end does not grow for ever', () => {
  const reader = new SseReader({ onEvent: () => assert.fail('no event expected'), maxEventCharacters: 1000 })
  for (let count = 0; count < 20; count += 1)
    reader.push(Buffer.from(count === 0 ? 'data: ' : 'x'.repeat(100)))
  assert.equal(reader.overflow?.kind, 'InvalidResponse')
})
