import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LineSplitter } from './split-lines.ts'

function split(chunks: readonly Buffer[], maxBytes: number) {
  const lines: string[] = []
  const splitter = new LineSplitter(maxBytes, line => lines.push(line))
  const results = chunks.map(chunk => splitter.push(chunk).kind)
  return { lines, isTooLong: results.includes('tooLong') }
}

function cutAt(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = [0, ...cuts.map(cut => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end))
}

test('lines come out as they went in, whatever the chunk borders', () => {
  const line = fc
    .string({ unit: 'binary', maxLength: 40 })
    .map(text => text.replaceAll('\n', ' ').toWellFormed().trim())
    .filter(text => text !== '')
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 12 }), (lines, cuts) => {
      const bytes = Buffer.from(lines.map(text => `${text}\n`).join(''))
      assert.deepEqual(split(cutAt(bytes, cuts), 1000), { lines, isTooLong: false })
    }),
  )
})

test('a line of the longest allowed length passes, one byte more does not, whatever the chunk borders', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 6 }), cuts => {
      const longest = Buffer.from(`${'x'.repeat(50)}\n`)
      assert.deepEqual(split(cutAt(longest, cuts), 50), { lines: ['x'.repeat(50)], isTooLong: false })
      assert.deepEqual(split(cutAt(longest, cuts), 49), { lines: [], isTooLong: true })
    }),
  )
})

test('a line without end is given up as soon as it is too long, and nothing follows it', () => {
  assert.deepEqual(split([Buffer.from('good\nxxxx'), Buffer.from('xxxxxxx'), Buffer.from('\nmore\n')], 8), {
    lines: ['good'],
    isTooLong: true,
  })
})

test('bytes that their sender uses again do not change a line that is held', () => {
  const lines: string[] = []
  const splitter = new LineSplitter(100, line => lines.push(line))
  const chunk = Buffer.from('first')
  splitter.push(chunk)
  chunk.fill('z')
  splitter.push(Buffer.from(' half\n'))
  assert.deepEqual(lines, ['first half'])
})

test('empty lines are left out, carriage returns too', () => {
  assert.deepEqual(split([Buffer.from('\n\r\n a \r\n\n')], 10).lines, ['a'])
})
