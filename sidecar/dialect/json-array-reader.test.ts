import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { StreamUnit } from '../chain/ports.ts'
import type { StreamDecoder } from './dialect.ts'
import { JsonArrayReader } from './json-array-reader.ts'

/** Calls every element text, whatever it is. */
const echo: StreamDecoder = {
  decode: ({ data }) => [{ kind: 'text', choice: 0, text: data }],
  end: () => [{ kind: 'end' }],
}

function readAll(chunks: Iterable<Buffer>, reader = new JsonArrayReader(echo)) {
  const units: StreamUnit[] = []
  for (const chunk of chunks) reader.push(chunk, unit => units.push(unit))
  reader.finish(unit => units.push(unit))
  return { units, reader }
}

function kindsOf(units: readonly StreamUnit[]) {
  return units.flatMap(unit => unit.parts.map(part => part.kind))
}

test('finds every element of an array cut anywhere, and loses no byte of it', () => {
  const element = fc.oneof(fc.object({ withUnicodeString: true }), fc.array(fc.string()))
  const property = fc.property(
    fc.array(element),
    fc.constantFrom('', '\n', '\r\n  '),
    fc.integer({ min: 1, max: 20 }),
    (elements, space, size) => {
      const written = elements.map(one => JSON.stringify(one, null, space === '' ? 0 : 1))
      const bytes = Buffer.from(`${space}[${written.join(`${space},${space}`)}${space}]${space}`)
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      )
      const { units } = readAll(chunks)
      const raws = units.map(unit => Buffer.from(unit.raw ?? []))
      assert.deepEqual(
        units.filter(unit => unit.data !== '').map(unit => JSON.parse(unit.data)),
        JSON.parse(bytes.toString('utf8')),
      )
      assert.equal(kindsOf(units).at(-1), 'end')
      assert.equal(Buffer.concat(raws).toString('utf8'), bytes.toString('utf8'))
    },
  )
  fc.assert(property)
})

test('hands an element over as soon as it is complete', () => {
  const units: StreamUnit[] = []
  new JsonArrayReader(echo).push(Buffer.from('[{"a":"]}"}'), unit => units.push(unit))
  assert.deepEqual(
    units.map(unit => unit.data),
    ['{"a":"]}"}'],
  )
})

test('reports no end for an array that was never closed', () => {
  assert.deepEqual(kindsOf(readAll([Buffer.from('[{"a":1},{"b"')]).units), ['text'])
})

test('reads a bare object in the place of the array', () => {
  assert.deepEqual(kindsOf(readAll([Buffer.from('{"error":{"code":5'), Buffer.from('03}}\n')]).units), [
    'text',
    'end',
  ])
})

test('takes anything else for no stream', () => {
  assert.equal(readAll([Buffer.from('<html>')]).reader.overflow?.kind, 'InvalidResponse')
  assert.deepEqual(kindsOf(readAll([Buffer.from('  ')]).units), ['error'])
})

test('counts an element that its dialect cannot read', () => {
  const deaf: StreamDecoder = { decode: () => undefined }
  const { reader, units } = readAll([Buffer.from('[{},{}]')], new JsonArrayReader(deaf))
  assert.equal(reader.malformedEvents, 2)
  assert.deepEqual(kindsOf(units), [])
})

test('stops at an element that is too large', () => {
  const { reader } = readAll([Buffer.from('[{"a":"'), Buffer.alloc(200, 'x')], new JsonArrayReader(echo, 100))
  assert.equal(reader.overflow?.kind, 'InvalidResponse')
})
