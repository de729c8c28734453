import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { longestReport } from '../../crds/snapshot/control-frames.ts'
import { StreamReports } from './stream-reports.ts'

/** What was told, in order. */
function readAll(pieces: readonly (Buffer | string)[]): readonly string[] {
  const told: string[] = []
  const reports = new StreamReports({
    line: line => void told.push(`line ${line}`),
    broken: problem => void told.push(`broken: ${problem}`),
    ended: () => void told.push('ended'),
  })
  for (const piece of pieces) reports.push(Buffer.from(piece))
  return told
}

const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
const badCoding = 'broken: the body is not chunked as it should be'

/** Cuts at these places, which may repeat and lie anywhere. */
function cutAt(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const borders = [0, ...places.map(place => place % (bytes.length + 1)), bytes.length].toSorted(
    (a, b) => a - b,
  )
  return borders.slice(1).map((end, at) => bytes.subarray(borders[at], end))
}

const texts = fc.array(
  fc.string({ unit: fc.constantFrom('a', '"', 'é', '\r', '0'), minLength: 1, maxLength: 40 }),
)
const places = fc.array(fc.nat(), { maxLength: 30 })

test('lines are the same, wherever chunks and reads begin and end', () => {
  fc.assert(
    fc.property(texts, places, places, (lines, chunkBorders, readBorders) => {
      const body = Buffer.from(lines.map(line => `${line}\n`).join(''))
      const chunks = cutAt(body, chunkBorders).filter(({ length }) => length > 0)
      const coded = chunks.map(data => [
        Buffer.from(`${data.length.toString(16)}\r\n`),
        data,
        Buffer.from('\r\n'),
      ])
      const wire = Buffer.concat([...coded.flat(), Buffer.from('0\r\n\r\n')])
      assert.deepEqual(readAll(cutAt(wire, readBorders)), [...lines.map(line => `line ${line}`), 'ended'])
    }),
  )
})

test('whatever comes, it is broken or ended once and nothing follows', () => {
  const unit = fc.constantFrom('0', '1', 'a', ';', '\r\n', '\n', '\r', '\r\n\r\n', ' ', '-')
  fc.assert(
    fc.property(fc.string({ unit }), places, (text, borders) => {
      const told = readAll([...cutAt(Buffer.from(text), borders), '0\r\n\r\n', '0\r\n\r\n'])
      const end = told.findIndex(one => !one.startsWith('line'))
      assert.ok(end < 0 || end === told.length - 1)
    }),
  )
})

test('a line is told before the end of its chunk has come', () => {
  assert.deepEqual(readAll(['3\r\nab\n']), ['line ab'])
})

test('empty lines mean nothing', () => {
  assert.deepEqual(readAll([chunk('\n'), chunk('\n\na\n\n')]), ['line a'])
})

const strange: readonly (readonly [string, string])[] = [
  ['an extension', '1;a=b\r\nx\r\n'],
  ['a space before the size', ' 1\r\nx\r\n'],
  ['a sign', '+1\r\nx\r\n'],
  ['no size', '\r\nx\r\n'],
  ['a prefix of another base', '0x1\r\nx\r\n'],
  ['a giant size', '1000000\r\n'],
  ['a bare line feed', '1\nx\n'],
  ['data of another length', '1\r\nxy\r\n'],
  ['a trailer', '0\r\na: b\r\n\r\n'],
  ['more after the end', '0\r\n\r\nGET'],
]
for (const [what, text] of strange) {
  test(`${what} is no body`, () => {
    assert.equal(readAll([text]).at(-1), badCoding)
  })
}

test('a line of the longest length is told, one byte more ends it all', () => {
  const most = 'x'.repeat(longestReport)
  assert.deepEqual(readAll([chunk(most), chunk('\n')]), [`line ${most}`])
  const tooLong = `broken: a line has more than ${longestReport} bytes`
  assert.deepEqual(readAll([chunk(`${most}x`), chunk('a\n')]), [tooLong])
  assert.deepEqual(readAll([chunk(most), chunk('x\n')]), [tooLong])
})

test('a line that comes byte by byte is put together again', () => {
  const text = 'x'.repeat(10_000)
  const told = readAll([...Array.from(text, chunk), chunk('\n')])
  assert.deepEqual(told, [`line ${text}`])
})
