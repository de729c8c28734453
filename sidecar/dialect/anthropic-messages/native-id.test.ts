import assert from 'node:assert/strict'
import { test } from 'node:test'
import { messageId, ToolIds, toolUseId } from './native-id.ts'

test('keeps ids that are native or acceptable and derives others, always the same', () => {
  assert.equal(messageId('msg_abc'), 'msg_abc')
  assert.match(messageId('chatcmpl-1'), /^msg_01[0-9a-f]{24}$/)
  assert.equal(messageId('chatcmpl-1'), messageId('chatcmpl-1'))
  assert.equal(toolUseId('call_1'), 'call_1')
  for (const odd of ['', 'get weather:0', 'x'.repeat(200)])
    assert.match(toolUseId(odd), /^toolu_01[0-9a-f]{24}$/)
})

test('gives calls that share an id ids of their own, and their results in the same order', () => {
  const ids = new ToolIds()
  const calls = [ids.forCall('call_0'), ids.forCall('call_0'), ids.forCall('call_1')]
  assert.equal(new Set(calls).size, 3)
  assert.deepEqual([ids.forResult('call_0'), ids.forResult('call_0'), ids.forResult('call_1')], calls)
})

test('finds the call of a result again when a server starts counting anew in each turn', () => {
  const ids = new ToolIds()
  const first = ids.forCall('0')
  assert.equal(ids.forResult('0'), first)
  const second = ids.forCall('0')
  assert.notEqual(second, first)
  assert.equal(ids.forResult('0'), second)
})
