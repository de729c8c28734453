import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Cancellation } from '../../sidecar/resilience/cancellation.ts'
import { wait } from '../../sidecar/resilience/clock.ts'
import { FakeClock } from './fake-clock.ts'

test('calls back in the order of time, each at its own moment', async () => {
  const clock = new FakeClock()
  const calls: [string, number][] = []
  const note = (name: string) => () => void calls.push([name, clock.now()])
  clock.schedule(200, note('later'))
  clock.schedule(100, note('sooner'))
  clock.schedule(100, note('sooner, set second'))
  clock.schedule(301, note('not yet'))
  await clock.advance(300)
  assert.deepEqual(calls, [
    ['sooner', 100],
    ['sooner, set second', 100],
    ['later', 200],
  ])
  assert.equal(clock.now(), 300)
  assert.equal(clock.pending, 1)
})

test('what a callback sets off may fall due within the same advance', async () => {
  const clock = new FakeClock()
  const signal = new Cancellation().signal
  let rounds = 0
  const loop = async () => {
    while (rounds < 3) {
      await wait(clock, 100, signal)
      rounds += 1
    }
  }
  const done = loop()
  await clock.advance(300)
  await done
  assert.equal(rounds, 3)
})

test('a cancelled alarm never rings', async () => {
  const clock = new FakeClock()
  clock.schedule(10, () => assert.fail('rang'))()
  await clock.advance(20)
  assert.equal(clock.pending, 0)
})

test('wall time moves along', () => {
  const clock = new FakeClock(1_000_000)
  clock.tick(500)
  assert.equal(clock.wallTime(), 1_000_500)
})
