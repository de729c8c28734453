import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readStreamHead } from './read-stream-head.ts'

const longest = 1_000
const read = (text: string) => readStreamHead(Buffer.from(text, 'latin1'), longest)
const line = 'GET /v1/stream HTTP/1.1\r\n'

test('reads the headers of a request for a stream', () => {
  assert.deepEqual(read(`${line}Host: a\r\nAuthorization:Bearer b \r\nx-empty:\r\n\r\n`), {
    kind: 'complete',
    headers: { host: 'a', authorization: 'Bearer b', 'x-empty': '' },
  })
})

test('waits for the rest of a head, from the first byte on', () => {
  const whole = `${line}host: a\r\n\r\n`
  for (let length = 0; length < whole.length; length += 1) {
    assert.equal(read(whole.slice(0, length)).kind, 'incomplete')
  }
  assert.equal(read(whole).kind, 'complete')
})

test('leaves every other request to the server', () => {
  const others = [
    'POST /v1/health HTTP/1.1\r\n',
    'GET /v1/stream?a=b HTTP/1.1\r\n',
    'GET /v1/streams HTTP/1.1\r\n',
    'GET /v1/stream HTTP/1.0\r\n',
    'HEAD /v1/stream HTTP/1.1\r\n',
    'G /',
    '\r\n',
  ]
  for (const other of others) assert.equal(read(other).kind, 'foreign', other)
})

test('refuses what two readers might understand differently', () => {
  const wrong = [
    '',
    'authorization: Bearer b\r\n',
    'host: a\r\nHost: b\r\n',
    'host: a\r\nauthorization: Bearer b\r\nAuthorization: Bearer c\r\n',
    'host: a\r\ncontent-length: 5\r\n',
    'host: a\r\ntransfer-encoding: chunked\r\n',
    'host: a\r\nupgrade: h2c\r\n',
    'host : a\r\n',
    'host: a\r\n folded\r\n',
    'host: a\nx: b\r\n',
    'host: a\rx: b\r\n',
    'host: a\0b\r\n',
    'host: a\r\nnothing\r\n',
    `host: a\r\n${Array.from({ length: 70 }, (_, index) => `x${index}: b\r\n`).join('')}`,
  ]
  for (const one of wrong) assert.equal(read(`${line}${one}\r\n`).kind, 'malformed', JSON.stringify(one))
  assert.equal(read(`${line}host: a\r\n\r\nmore`).kind, 'malformed')
})

test('refuses a head that does not end', () => {
  assert.equal(read(`${line}host: a\r\nx: ${'y'.repeat(longest)}`).kind, 'tooLong')
  assert.equal(read(`${line}host: a\r\nx: ${'y'.repeat(longest)}\r\n\r\n`).kind, 'tooLong')
})

test('never throws, and never hands a request for a stream to the server', () => {
  const tail = fc.string({
    unit: fc.constantFrom('a', ':', ' ', '\r', '\n', '\0', 'host: x\r\n', '\r\n\r\n'),
  })
  fc.assert(
    fc.property(tail, fc.nat(), (text, cut) => {
      const whole = `${line}${text}`
      const before = read(whole.slice(0, cut % (whole.length + 1)))
      assert.ok(before.kind !== 'foreign' && read(whole).kind !== 'foreign')
    }),
  )
})
