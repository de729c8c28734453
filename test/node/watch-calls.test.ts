import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCall } from './watch-calls.ts'

test('reads how far a call has come', () => {
  assert.deepEqual(parseCall('shop/app-1', '{"kind":"begun","number":3}'), {
    ...{ pod: 'shop/app-1', number: 3, outcome: 'begun' },
  })
  const line =
    '{"kind":"served","number":3,"tookMs":12,"text":"Hello","step":"rescue","provider":"anthropic"}'
  assert.deepEqual(parseCall('shop/app-1', line), {
    ...{ pod: 'shop/app-1', number: 3, outcome: 'served', tookMs: 12 },
    ...{ text: 'Hello', step: 'rescue', provider: 'anthropic' },
  })
})

test('passes over what an app prints besides', () => {
  for (const line of ['', '(node:1) Warning', '{"kind":"ended"}', '{"number":1}']) {
    assert.equal(parseCall('shop/app-1', line), undefined)
  }
})
