// Answers that break off, lie about their length or were never HTTP: a failure each time, an end never.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FailureKind } from '../../crds/vocabulary.ts'
import { answered, failureOf, openScene, readBody } from '../../test/support/provider-kit.ts'
import {
  dribble,
  type RequestHandler,
  raw,
  rawThenClose,
  rawThenReset,
  resetBeforeResponse,
  respond,
  stream,
} from '../../test/support/scripted-provider.ts'

const headOnly = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'
const manyHeaders = Array.from({ length: 3000 }, (_, at) => `x-filler-${at}: ${'y'.repeat(40)}\r\n`).join('')

const beforeTheAnswer: readonly (readonly [string, RequestHandler, FailureKind])[] = [
  ['a reset before the answer', resetBeforeResponse(), 'ConnectError'],
  ['a close before the answer', rawThenClose(''), 'ConnectError'],
  ['a reset in the head', rawThenReset(headOnly), 'ConnectError'],
  ['a close in the head', rawThenClose(headOnly), 'ConnectError'],
  ['an answer that is no HTTP', raw('SSH-2.0-OpenSSH_9.6\r\n'), 'InvalidResponse'],
  [
    'an HTTP/2 preface',
    raw(Buffer.from([0, 0, 18, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100])),
    'InvalidResponse',
  ],
  ['headers without end', raw(`${headOnly}${manyHeaders}\r\n`), 'InvalidResponse'],
  ['one huge header', raw(`${headOnly}x-request-id: ${'a'.repeat(100_000)}\r\n\r\n`), 'InvalidResponse'],
  [
    'a header with a bare line feed inside',
    raw(`${headOnly}x-request-id: a\nb: c\rd\r\n\r\n`),
    'InvalidResponse',
  ],
  ['two lengths', raw(`${headOnly}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`), 'InvalidResponse'],
  [
    'length and chunks',
    raw(`${headOnly}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}`),
    'InvalidResponse',
  ],
]
for (const [about, handler, kind] of beforeTheAnswer) {
  test(`${about} is ${kind}`, async t => {
    const { provider, call } = await openScene(t)
    provider.script(handler)
    assert.equal(failureOf(await call()).kind, kind)
  })
}

const inTheBody: readonly (readonly [string, RequestHandler])[] = [
  ['a reset in a chunked body', stream(['data: 1\n\n', 'reset'])],
  [
    'a chunked body without its last chunk',
    rawThenClose(`${headOnly}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n`),
  ],
  [
    'a chunked body without its last chunk on a connection that is to close',
    rawThenClose(`${headOnly}connection: close\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n`),
  ],
  ['a chunk cut in the middle', rawThenClose(`${headOnly}transfer-encoding: chunked\r\n\r\nff\r\n{}`)],
  ['a body shorter than announced', rawThenClose(`${headOnly}content-length: 10\r\n\r\n{}`)],
  [
    'a body shorter than announced on a connection that is to close',
    rawThenClose(`${headOnly}connection: close\r\ncontent-length: 10\r\n\r\n{}`),
  ],
  ['a chunk size that is no number', raw(`${headOnly}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\nzz\r\n`)],
  ['a reset in a body of known length', rawThenReset(`${headOnly}content-length: 10\r\n\r\n{}`)],
  [
    'a reset in a body that lasts until the connection closes',
    rawThenReset(`${headOnly}connection: close\r\n\r\n{}`),
  ],
]
for (const [about, handler] of inTheBody) {
  test(`${about} is an interruption, never an end`, async t => {
    const { provider, call } = await openScene(t)
    provider.script(handler)
    const { body } = answered(await call())
    const { ending } = await readBody(body)
    assert.ok(typeof ending === 'object')
    assert.equal(ending.kind, 'StreamInterrupted')
  })
}

test('a body that ends with its connection has ended', async t => {
  const { provider, call } = await openScene(t)
  provider.script(rawThenClose(`${headOnly}connection: close\r\n\r\n{}`))
  const { text, ending } = await readBody(answered(await call()).body)
  assert.deepEqual({ text, ending }, { text: '{}', ending: 'end' })
})

test('an answer in single bytes is read like any other', async t => {
  const { provider, call } = await openScene(t)
  provider.script(dribble(`${headOnly}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`))
  const { text, ending } = await readBody(answered(await call()).body)
  assert.deepEqual({ text, ending }, { text: 'hello', ending: 'end' })
})

test('informational answers are not the answer', async t => {
  const { provider, call } = await openScene(t)
  provider.script(
    raw(`HTTP/1.1 103 Early Hints\r\nx-request-id: early\r\n\r\n${headOnly}content-length: 2\r\n\r\n{}`),
  )
  const answer = answered(await call())
  assert.deepEqual([answer.status, answer.headers['x-request-id']], [200, undefined])
  assert.equal((await readBody(answer.body)).text, '{}')
})

test('bytes behind the answer do not become the next one', async t => {
  const { provider, call } = await openScene(t)
  const planted = `${headOnly}content-length: 7\r\n\r\nplanted`
  provider.script(raw(`${headOnly}content-length: 2\r\n\r\n{}${planted}`), respond({ text: 'honest' }))
  await readBody(answered(await call()).body)
  const result = await call()
  // Either the connection was given up and a new one asked, or the call failed: never the planted answer.
  if (result.kind === 'answered') assert.equal((await readBody(result.body)).text, 'honest')
})

test('an endless body is cut at the bound and its connection closed', async t => {
  const { provider, call } = await openScene(t, { sender: { maxBodyBytes: 100_000 } })
  provider.script(stream(Array.from({ length: 200 }, () => 'x'.repeat(1000))))
  const { ending, chunks } = await readBody(answered(await call()).body)
  assert.ok(typeof ending === 'object')
  assert.equal(ending.kind, 'InvalidResponse')
  assert.ok(Buffer.concat(chunks).length <= 100_000)
  await provider.requests[0]?.closedByPeer
})

test('the bound is told also to a consumer who comes late', async t => {
  const { provider, call } = await openScene(t, { sender: { maxBodyBytes: 1000 } })
  provider.script(respond({ text: 'x'.repeat(5000) }))
  const answer = answered(await call())
  await provider.requests[0]?.closedByPeer
  const { ending } = await readBody(answer.body)
  assert.ok(typeof ending === 'object')
  assert.equal(ending.kind, 'InvalidResponse')
})
