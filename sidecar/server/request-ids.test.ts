import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requestIds } from './request-ids.ts'

test('ids are ULIDs that sort by time and never repeat', () => {
  let time = 1_760_000_000_000
  const next = requestIds(() => time)
  const ids: string[] = []
  for (let count = 0; count < 2000; count += 1) {
    time += 1
    ids.push(next())
  }
  assert.ok(ids.every(id => /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id)))
  assert.deepEqual(ids, [...ids].sort())
  assert.equal(new Set(ids).size, ids.length)
})

test('ids of one millisecond differ', () => {
  const next = requestIds(() => 1)
  assert.notEqual(next(), next())
})
