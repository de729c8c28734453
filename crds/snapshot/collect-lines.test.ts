import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LineCollector } from './collect-lines.ts'

function collect(chunks: readonly Buffer[], maxBytes: number) {
  const lines: string[] = []
  const collector = new LineCollector(maxBytes, line => lines.push(line.toString('utf8')))
  const results = chunks.map(chunk => collector.push(chunk))
  return { lines, isTooLong: results.includes(false) }
}

function cutAt(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = [0, ...cuts.map(cut => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end))
}

test('lines come out as they went in, whatever the chunk borders', () => {
  const line = fc
    .string({ unit: 'binary', maxLength: 40 })
    .map(text => text.replaceAll('\n', ' ').toWellFormed())
    .filter(text => text !== '')
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 12 }), (lines, cuts) => {
      const bytes = Buffer.from(lines.map(text => `${text}\n`).join(''))
      assert.deepEqual(collect(cutAt(bytes, cuts), 1000), { lines, isTooLong: false })
    }),
  )
})

test('a line of the longest allowed length passes, one byte more does not, whatever the chunk borders', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 6 }), cuts => {
      const longest = Buffer.from(`${'x'.repeat(50)}\n`)
      assert.deepEqual(collect(cutAt(longest, cuts), 50), { lines: ['x'.repeat(50)], isTooLong: false })
      assert.deepEqual(collect(cutAt(longest, cuts), 49), { lines: [], isTooLong: true })
    }),
  )
})

test('a line without end is given up as soon as it is too long, and nothing follows it', () => {
  assert.deepEqual(collect([Buffer.from('good\nxxxx'), Buffer.from('xxxxxxx'), Buffer.from('\nmore\n')], 8), {
    lines: ['good'],
    isTooLong: true,
  })
})

test('bytes that their sender uses again do not change a line that is held', () => {
  const lines: string[] = []
  const collector = new LineCollector(100, line => lines.push(line.toString('utf8')))
  const chunk = Buffer.from('first')
  collector.push(chunk)
  chunk.fill('z')
  collector.push(Buffer.from(' half\n'))
  assert.deepEqual(lines, ['first half'])
})

test('empty lines are left out', () => {
  assert.deepEqual(collect([Buffer.from('\n\na\n\n\n')], 10).lines, ['a'])
})

test('who has stopped it gets nothing more, not even of the same piece', () => {
  const lines: string[] = []
  const collector = new LineCollector(100, line => {
    lines.push(line.toString('utf8'))
    collector.stop()
  })
  assert.equal(collector.push(Buffer.from('one\ntwo\n')), false)
  assert.equal(collector.push(Buffer.from('three\n')), false)
  assert.deepEqual(lines, ['one'])
})
