import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inBatches } from './in-batches.ts'
import { isOfSeveral } from './measure-busy.ts'
import { sumOf } from './measure-fleet.ts'
import { percentile } from './percentile.ts'
import { type FleetFigures, findMisses, renderTable } from './report.ts'

const good: FleetFigures = {
  sidecars: 1_000,
  applyToAckedMs: { p50: 400, p99: 1_900 },
  applyToCountedMs: 1_950,
  applyToStatusMs: 2_100,
  operator: { rssMiB: 200, cpuSeconds: 12.3 },
  reconnectStormSeconds: 9,
  bytesPerPush: 2_345,
  relist: { policies: 1_000, pods: 10_000, seconds: 3.2 },
  rotation: { sidecars: 3, rotations: 20, firstUseMs: { p50: 150, p99: 300 }, requests: 900, failed: 0 },
  edits: { count: 1_000, requests: 2_000, policiesSeen: 70, lost: 0, mixed: 0 },
  missedEvents: 0,
  unaccountedPods: 0,
  loadAverage: 2,
}

test('a run within the targets has no misses', () => {
  assert.deepEqual(findMisses(good), [])
})

test('each target that is missed is named with the size of the fleet', () => {
  assert.deepEqual(findMisses({ ...good, applyToAckedMs: { p50: 1, p99: 2_001 }, unaccountedPods: 1 }), [
    'apply → acked with 1000 sidecars is above 2 s',
    'pods were not accounted for with 1000 sidecars',
  ])
})

test('a larger fleet has more time for a push and none set for a storm', () => {
  const large = {
    ...good,
    sidecars: 5_000,
    applyToAckedMs: { p50: 1, p99: 4_000 },
    applyToCountedMs: 4_500,
    reconnectStormSeconds: 40,
  }
  assert.deepEqual(findMisses(large), [])
})

test('requests that were lost or followed two policies are misses', () => {
  const edits = { ...good.edits, lost: 1, mixed: 1 }
  const rotation = { ...good.rotation, failed: 1 }
  assert.equal(findMisses({ ...good, edits, rotation }).length, 3)
})

test('a walk is mixed when its models are not all of the generation that it names', () => {
  assert.equal(isOfSeveral(['first-7', 'second-7'], 'busy@7'), false)
  assert.equal(isOfSeveral(['first-7', 'second-8'], 'busy@7'), true)
  assert.equal(isOfSeveral(['first-8'], 'busy@7'), true)
  assert.equal(isOfSeveral([], 'busy@7'), true)
})

test('the table has a line per size and ends with what was measured once', () => {
  const lines = renderTable([good, { ...good, sidecars: 5_000 }]).split('\n')
  assert.equal(lines.length, 6)
  assert.match(lines[1] ?? '', /^ +1000 +400 ms +1900 ms +1950 ms +2100 ms +200 MiB/)
  assert.equal(lines[3], 'relist of 1000 policies and 10000 pods: 3.2 s')
})

test('a percentile is a value that was measured', () => {
  const values = Array.from({ length: 200 }, (_, at) => 200 - at)
  assert.equal(percentile(values, 0.5), 100)
  assert.equal(percentile(values, 0.99), 198)
  assert.equal(percentile([], 0.99), 0)
})

test('metrics are summed over their labels', () => {
  const text = '# HELP a_missed_total x\na_missed_total{kind="x"} 2\na_missed_total{kind="y"} 3\nb_total 7\n'
  assert.equal(sumOf(text, /missed/), 5)
})

test('work in batches keeps the order of its results', async () => {
  const items = Array.from({ length: 100 }, (_, at) => at)
  assert.deepEqual(
    await inBatches(items, async item => item * 2),
    items.map(item => item * 2),
  )
})
