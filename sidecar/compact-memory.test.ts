import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { FakeClock } from '../test/support/fake-clock.ts'
import { compactAfterStart } from './compact-memory.ts'

let clock: FakeClock
let inFlight: number
let compactions: number

beforeEach(() => {
  clock = new FakeClock()
  inFlight = 0
  compactions = 0
})

function begin() {
  const compact = () => {
    compactions += 1
  }
  return compactAfterStart(() => inFlight, { clock, compact })
}

test('what the start left behind goes once it is quiet, and once only', async () => {
  inFlight = 1
  begin()
  await clock.advance(10_000)
  assert.equal(compactions, 0)
  inFlight = 0
  await clock.advance(1_000)
  assert.equal(compactions, 0)
  await clock.advance(1_000)
  assert.equal(compactions, 1)
  await clock.advance(3_600_000)
  assert.equal(compactions, 1)
  assert.equal(clock.pending, 0)
})

test('a sidecar that is at work from the start is left alone', async () => {
  inFlight = 1
  begin()
  await clock.advance(30_000)
  inFlight = 0
  await clock.advance(60_000)
  assert.equal(compactions, 0)
  assert.equal(clock.pending, 0)
})

test('stops when told to', async () => {
  const stop = begin()
  stop()
  await clock.advance(5_000)
  assert.equal(compactions, 0)
})

test('an engine that was not told to lend its collector is left alone', async () => {
  assert.equal(globalThis.gc, undefined)
  compactAfterStart(() => inFlight, { clock })
  await clock.advance(5_000)
})

test('one that was told to gives memory back', async t => {
  setFlagsFromString('--expose-gc')
  globalThis.gc = runInNewContext('gc')
  t.after(() => {
    globalThis.gc = undefined
  })
  const heapBytes = () => getHeapStatistics().total_physical_size
  compactAfterStart(() => inFlight, { clock })
  let kept: unknown = Array.from({ length: 200_000 }, (_, index) => ({ index }))
  const before = heapBytes()
  assert.ok(kept)
  kept = undefined
  await clock.advance(2_000)
  assert.ok(heapBytes() < before)
})
