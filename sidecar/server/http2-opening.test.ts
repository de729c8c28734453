import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { readHttp2Opening } from './http2-opening.ts'

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

function failureOf(packet: Buffer, code = 'HPE_PAUSED_H2_UPGRADE'): Error {
  return Object.assign(new Error('Parse Error'), { code, rawPacket: packet })
}

test('an opening is given back as it was sent, wherever its packets were cut', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat({ max: preface.length - 1 }), (rest, cut) => {
      const sent = Buffer.concat([preface, rest])
      assert.deepEqual(readHttp2Opening(failureOf(sent.subarray(cut)), sent.length), sent)
    }),
  )
})

test('a preface behind other bytes is none', () => {
  const request = Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  assert.equal(readHttp2Opening(failureOf(preface), request.length + preface.length), undefined)
  const together = Buffer.concat([request, preface])
  assert.equal(readHttp2Opening(failureOf(together), together.length), undefined)
})

test('other failures of the parser are failures', () => {
  assert.equal(readHttp2Opening(failureOf(preface, 'HPE_INVALID_METHOD'), preface.length), undefined)
  assert.equal(readHttp2Opening(new Error('no code'), preface.length), undefined)
  const withoutPacket = Object.assign(new Error('Parse Error'), { code: 'HPE_PAUSED_H2_UPGRADE' })
  assert.equal(readHttp2Opening(withoutPacket, preface.length), undefined)
})
