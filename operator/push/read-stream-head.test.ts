import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readStreamHead } from './read-stream-head.ts'

const longest = 1_000
const read = (text: string) => readStreamHead(Buffer.from(text, 'latin1'), longest)
const line = 'POST /v1/stream HTTP/1.1\r\n'
const chunked = 'transfer-encoding: chunked\r\n'

function statusOf(text: string): number | undefined {
  const head = read(text)
  return head.kind === 'refused' ? head.refusal.status : undefined
}

test('reads the headers of a request for a stream, and where its body begins', () => {
  const head = `${line}Host: a\r\nAuthorization:Bearer b \r\n${chunked}x-empty:\r\n\r\n`
  assert.deepEqual(read(`${head}1\r\n\n\r\n`), {
    kind: 'complete',
    headers: { host: 'a', authorization: 'Bearer b', 'transfer-encoding': 'chunked', 'x-empty': '' },
    length: head.length,
  })
})

test('waits for the rest of a head', () => {
  const whole = `${line}host: a\r\n${chunked}\r\n`
  for (let length = 0; length < whole.length; length += 1) {
    assert.equal(read(whole.slice(0, length)).kind, 'incomplete')
  }
  assert.equal(read(whole).kind, 'complete')
})

test('serves one path with one method', () => {
  const others: readonly (readonly [string, number])[] = [
    ['POST /v1/health HTTP/1.1', 404],
    ['POST /v1/stream?a=b HTTP/1.1', 404],
    ['POST /v1/streams HTTP/1.1', 404],
    ['GET / HTTP/1.1', 404],
    ['GET /v1/stream HTTP/1.1', 405],
    ['HEAD /v1/stream HTTP/1.1', 405],
    ['POST /v1/stream HTTP/1.0', 400],
    ['POST  /v1/stream HTTP/1.1', 400],
    ['post /v1/stream HTTP/1.1', 400],
    ['G /', 400],
    ['', 400],
  ]
  for (const [other, status] of others) {
    assert.equal(statusOf(`${other}\r\nhost: a\r\n${chunked}\r\n`), status, other)
  }
})

test('refuses what two readers might understand differently', () => {
  const wrong = [
    '',
    'authorization: Bearer b\r\n',
    'host: a\r\nHost: b\r\n',
    'host: a\r\nauthorization: Bearer b\r\nAuthorization: Bearer c\r\n',
    'host: a\r\ncontent-length: 5\r\n',
    'host: a\r\ntransfer-encoding: chunked\r\n',
    'host : a\r\n',
    'host: a\r\n folded\r\n',
    'host: a\nx: b\r\n',
    'host: a\rx: b\r\n',
    'host: a\0b\r\n',
    'host: a\r\nnothing\r\n',
    `host: a\r\n${Array.from({ length: 70 }, (_, index) => `x${index}: b\r\n`).join('')}`,
  ]
  for (const one of wrong) assert.equal(statusOf(`${line}${chunked}${one}\r\n`), 400, JSON.stringify(one))
})

test('a body in another coding, or of a length, is none', () => {
  for (const coding of ['gzip, chunked', 'identity', 'xchunked']) {
    assert.equal(statusOf(`${line}host: a\r\ntransfer-encoding: ${coding}\r\n\r\n`), 411, coding)
  }
  assert.equal(statusOf(`${line}host: a\r\ncontent-length: 5\r\n\r\n`), 411)
  assert.equal(statusOf(`${line}host: a\r\n\r\n`), 411)
})

test('refuses a head that does not end', () => {
  assert.equal(statusOf(`${line}host: a\r\nx: ${'y'.repeat(longest)}`), 431)
  assert.equal(statusOf(`${line}host: a\r\nx: ${'y'.repeat(longest)}\r\n\r\n`), 431)
})

test('never throws, whatever the head', () => {
  const piece = fc.constantFrom('a', ':', ' ', '\r', '\n', '\0', 'host: x\r\n', chunked, line, '\r\n\r\n')
  fc.assert(
    fc.property(fc.string({ unit: piece }), text => {
      assert.ok(['incomplete', 'refused', 'complete'].includes(read(text).kind))
      assert.notEqual(read(`${text}\r\n\r\n`).kind, 'incomplete')
    }),
  )
})
