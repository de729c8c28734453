import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseReport } from './node-order.ts'

test('reads how a node went', () => {
  assert.deepEqual(parseReport('{"kind":"failed","message":"no etcd"}'), {
    kind: 'failed',
    message: 'no etcd',
  })
  const started = { kind: 'started', ca: 'PEM', adminToken: 'secret' } as const
  assert.deepEqual(parseReport(JSON.stringify(started)), started)
})

test('takes nothing else for a report', () => {
  for (const line of [
    '',
    'hello',
    '[]',
    '{"kind":"started"}',
    '{"kind":"started","ca":1,"adminToken":"x"}',
  ]) {
    assert.equal(parseReport(line), undefined)
  }
})
