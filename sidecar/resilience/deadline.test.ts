import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { Deadline } from './deadline.ts'

test('cuts every timeout to what is left', () => {
  const clock = new FakeClock()
  const deadline = new Deadline(clock, 1000)
  assert.deepEqual([deadline.cut(300), deadline.cut(5000)], [300, 1000])
  clock.tick(900)
  assert.equal(deadline.cut(300), 100)
  assert.equal(deadline.hasPassed, false)
})

test('nothing is left once it has passed', () => {
  const clock = new FakeClock()
  const deadline = new Deadline(clock, 1000)
  clock.tick(1500)
  assert.deepEqual([deadline.remaining(), deadline.cut(10), deadline.hasPassed], [0, 0, true])
})
