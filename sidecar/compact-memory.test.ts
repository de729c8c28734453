import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { FakeClock } from '../test/support/fake-clock.ts'
import { compactWhenQuiet, ownHeap } from './compact-memory.ts'

const mebibyte = 1024 * 1024
let clock: FakeClock
let inFlight: number
let heapBytes: number
let compactions: number

beforeEach(() => {
  clock = new FakeClock()
  inFlight = 0
  heapBytes = 24 * mebibyte
  compactions = 0
})

function begin() {
  const compact = () => {
    compactions += 1
    heapBytes = 16 * mebibyte
  }
  return compactWhenQuiet(() => inFlight, { clock, heap: { bytes: () => heapBytes, compact } })
}

test('what the start left behind goes once it is quiet', async () => {
  inFlight = 1
  begin()
  await clock.advance(10_000)
  assert.equal(compactions, 0)
  inFlight = 0
  await clock.advance(1_000)
  assert.equal(compactions, 0)
  await clock.advance(1_000)
  assert.equal(compactions, 1)
})

test('nothing is done while the heap stays as it is', async () => {
  begin()
  await clock.advance(2_000)
  heapBytes += 4 * mebibyte - 1
  await clock.advance(3_600_000)
  assert.equal(compactions, 1)
})

test('what a burst left behind goes as well, once a minute at most', async () => {
  begin()
  await clock.advance(2_000)
  heapBytes += 8 * mebibyte
  await clock.advance(59_000)
  assert.equal(compactions, 1)
  await clock.advance(1_000)
  assert.equal(compactions, 2)
})

test('stops when told to', async () => {
  const stop = begin()
  stop()
  assert.equal(clock.pending, 0)
  await clock.advance(5_000)
  assert.equal(compactions, 0)
})

test('an engine that was not told to lend its collector is left alone', () => {
  assert.equal(globalThis.gc, undefined)
  assert.equal(ownHeap().bytes(), 0)
})

test('one that was told to gives memory back', t => {
  setFlagsFromString('--expose-gc')
  globalThis.gc = runInNewContext('gc')
  t.after(() => {
    globalThis.gc = undefined
  })
  const heap = ownHeap()
  let kept: unknown = Array.from({ length: 200_000 }, (_, index) => ({ index }))
  const before = heap.bytes()
  assert.ok(before > 0 && kept)
  kept = undefined
  heap.compact()
  assert.ok(heap.bytes() < before)
})
