import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { StreamUnit } from '../chain/ports.ts'
import { formatFrame } from './aws-event-frame.ts'
import { AwsEventStreamReader } from './aws-event-stream-reader.ts'
import { writeAwsEvent, writeAwsException } from './aws-event-stream-writer.ts'
import type { SseEvent, StreamDecoder } from './dialect.ts'

/** Says of each event what it was; what is no JSON is malformed. */
const echo: StreamDecoder = {
  decode(event: SseEvent) {
    if (!event.data.startsWith('{')) return undefined
    return [{ kind: 'text', choice: 0, text: `${event.event}|${event.data}` }]
  },
}

function read(chunks: Iterable<Uint8Array>, largest?: number) {
  const reader = new AwsEventStreamReader(echo, largest)
  const units: StreamUnit[] = []
  for (const chunk of chunks) reader.push(Buffer.from(chunk), unit => units.push(unit))
  reader.finish(unit => units.push(unit))
  return { reader, units }
}

const texts = (units: readonly StreamUnit[]) =>
  units.map(({ parts: [part] }) => (part?.kind === 'text' ? part.text : part?.kind))

function cut(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  let from = 0
  for (const length of lengths) {
    chunks.push(bytes.subarray(from, from + length))
    from += length
  }
  return [...chunks, bytes.subarray(from)]
}

const event = fc.record({
  name: fc.stringMatching(/^[a-z][a-zA-Z]{0,20}$/),
  payload: fc.record({ text: fc.string({ unit: 'grapheme', maxLength: 60 }) }),
})

test('frames are read whole wherever their bytes are cut, and passed on as they came', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 8 }), fc.array(fc.nat({ max: 50 })), (events, lengths) => {
      const bytes = Buffer.concat(events.map(writeAwsEvent))
      const { reader, units } = read(cut(bytes, lengths))
      assert.deepEqual(
        texts(units),
        events.map(({ name, payload }) => `${name}|${JSON.stringify(payload)}`),
      )
      assert.deepEqual(Buffer.concat(units.map(unit => unit.raw ?? Buffer.alloc(0))), bytes)
      assert.equal(reader.overflow, undefined)
    }),
  )
})

test('bytes of any kind never throw and never yield more than the frames before them', () => {
  const good = writeAwsEvent({ name: 'messageStart', payload: { role: 'assistant' } })
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat({ max: 30 })), (noise, lengths) => {
      const { units } = read(cut(Buffer.concat([good, noise]), lengths))
      assert.equal(units.length, 1)
    }),
  )
})

test('any changed byte of a frame ends the reading with a failure, or leaves it waiting for more', () => {
  const first = writeAwsEvent({ name: 'contentBlockDelta', payload: { delta: { text: 'x' } } })
  fc.assert(
    fc.property(fc.nat({ max: first.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const bytes = Buffer.concat([first, first])
      bytes[first.length + at] = (bytes[first.length + at] ?? 0) ^ change
      const { reader, units } = read([bytes])
      assert.equal(units.length, 1)
      if (at >= 4) assert.equal(reader.overflow?.kind, 'InvalidResponse')
    }),
  )
})

test('nothing is read behind a broken frame', () => {
  const frame = Buffer.from(writeAwsEvent({ name: 'a', payload: {} }))
  const broken = Buffer.from(frame)
  broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1
  const { reader, units } = read([Buffer.concat([frame, broken]), frame])
  assert.equal(units.length, 1)
  assert.equal(reader.overflow?.detail, 'a frame of the stream is broken')
})

test('a frame above the bound is refused before its bytes have come', () => {
  const frame = writeAwsEvent({ name: 'a', payload: { text: 'x'.repeat(500) } })
  const { reader, units } = read([frame.subarray(0, 12)], 300)
  assert.equal(units.length, 0)
  assert.equal(reader.overflow?.detail, 'a frame of the stream is too large')
})

test('an exception is an event with a mark in front of its name', () => {
  const { units } = read([writeAwsException({ name: 'throttlingException', payload: { message: 'no' } })])
  assert.deepEqual(texts(units), ['exception:throttlingException|{"message":"no"}'])
})

test('an error of the transport, which has no payload, tells its name and message', () => {
  const headers = { ':message-type': 'error', ':error-code': 'InternalError', ':error-message': 'oh "no"' }
  const { units } = read([formatFrame({ headers, payload: '' })])
  assert.deepEqual(texts(units), [`exception:InternalError|{"message":"oh \\"no\\""}`])
})

test('an event that cannot be understood is skipped and counted', () => {
  const odd = formatFrame({ headers: { ':event-type': 'a', ':message-type': 'event' }, payload: 'no json' })
  const good = writeAwsEvent({ name: 'b', payload: {} })
  const { reader, units } = read([odd, good])
  assert.equal(reader.malformedEvents, 1)
  assert.deepEqual(texts(units), ['b|{}'])
})

test('a JSON body that is labelled a stream is the error that it tells', () => {
  const { units } = read([Buffer.from('{"mess'), Buffer.from('age":"no"}')])
  assert.deepEqual(texts(units), ['exception:|{"message":"no"}'])
})

test('any other text that is labelled a stream is no stream', () => {
  const { units } = read([Buffer.from('<html>Bad Gateway</html>')])
  const [part] = units[0]?.parts ?? []
  assert.equal(part?.kind === 'error' && part.failure.kind, 'InvalidResponse')
})

test('half a frame at the end is no event', () => {
  const frame = writeAwsEvent({ name: 'a', payload: {} })
  assert.equal(read([frame.subarray(0, -3)]).units.length, 0)
})
