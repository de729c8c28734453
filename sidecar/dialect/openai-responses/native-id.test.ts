import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CallIds, nativeReplyId } from './native-id.ts'

test('an answer has one prefix, the vendor’s', () => {
  assert.equal(nativeReplyId('resp_1'), 'resp_1')
  assert.equal(nativeReplyId('msg_1'), 'resp_1')
  assert.equal(nativeReplyId('chatcmpl-1'), 'resp_1')
})

test('an id that fits stays, so that a caller replays the one that its first provider knows', () => {
  assert.equal(new CallIds().forCall('toolu_01'), 'toolu_01')
})

test('every call gets an id of its own that the wire takes, and its result the same one', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 80 }), { maxLength: 8 }), ids => {
      const mapped = new CallIds()
      const calls = ids.map(id => mapped.forCall(id))
      for (const id of calls) assert.match(id, /^[a-zA-Z0-9_-]{1,64}$/)
      assert.equal(new Set(calls).size, calls.length)
      assert.deepEqual(
        ids.map(id => mapped.forResult(id)),
        calls,
      )
    }),
  )
})
