import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LineSplitter, LineTooLong } from './split-lines.ts'

function split(chunks: readonly Buffer[], maxBytes: number): readonly string[] {
  const lines: string[] = []
  const splitter = new LineSplitter(maxBytes, line => void lines.push(line))
  for (const chunk of chunks) splitter.push(chunk)
  return lines
}

test('lines come out whole however the bytes were cut', () => {
  const line = fc.string({ unit: 'binary', maxLength: 40 }).map(text => text.replaceAll('\n', ''))
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(200)), (lines, cuts) => {
      const bytes = Buffer.from(lines.map(one => `${one}\n`).join(''))
      const places = [...new Set(cuts.map(cut => cut % (bytes.length + 1)))].sort((one, other) => one - other)
      const chunks = [0, ...places].map((from, at) => bytes.subarray(from, places[at] ?? bytes.length))
      const expected = lines.map(one => Buffer.from(one).toString('utf8')).filter(one => one !== '')
      assert.deepEqual(split(chunks, 1_000), expected)
    }),
  )
})

test('no cutting makes it hold more than the longest line', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 30 })), chunks => {
      const splitter = new LineSplitter(16, line => assert.ok(line.length <= 16))
      let held = 0
      let longest = 0
      for (const byte of chunks.flatMap(chunk => [...chunk])) {
        held = byte === 10 ? 0 : held + 1
        longest = Math.max(longest, held)
      }
      const run = () => {
        for (const chunk of chunks) {
          splitter.push(Buffer.from(chunk))
          assert.ok(splitter.pendingBytes <= 16)
        }
      }
      if (longest > 16) assert.throws(run, LineTooLong)
      else run()
    }),
  )
})

test('a line without its end is not a line', () => {
  assert.deepEqual(split([Buffer.from('one\ntw'), Buffer.from('o')], 10), ['one'])
})
