import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { SidecarState } from '../reconcile/ports.ts'
import { groupStates, readGroups, ungroup } from './fleet-summary.ts'
import { digestOf } from './sample-cluster.ts'
import { decodePart, encodeParts, podsPerPart } from './summary-parts.ts'

function stateOf(index: number, changes: Partial<SidecarState> = {}): SidecarState {
  return {
    namespace: 'shop',
    pod: `web-5d8f9c7b6-${index}`,
    uid: `0f4c2a10-7d1e-4c55-9d0e-${String(index).padStart(12, '0')}`,
    connectedAt: 1_700_000_000_000 + index,
    version: '0.1.0',
    targets: [],
    ...changes,
  }
}

const byUid = (states: readonly SidecarState[]) =>
  [...states].sort((one, other) => (one.uid < other.uid ? -1 : 1))

test('pods that say the same are one group', () => {
  const states = [1, 2, 3].map(index => stateOf(index, { live: digestOf('a') }))
  const groups = groupStates([...states, stateOf(4)])
  assert.equal(groups.length, 2)
  assert.deepEqual(byUid(ungroup(groups)), states.concat(stateOf(4)))
})

test('counts of a target are summed up, and breakers stay with their pods', () => {
  const target = { provider: 'p', model: 'm', breaker: 'closed', attempts: 5, failures: 2 } as const
  const states = [
    stateOf(1, { targets: [target] }),
    stateOf(2, { targets: [{ ...target, attempts: 2, failures: 0 }] }),
    stateOf(3, { targets: [{ ...target, breaker: 'open' }] }),
  ]
  const back = byUid(ungroup(groupStates(states)))
  assert.deepEqual(
    back.map(state => state.targets[0]?.breaker),
    ['closed', 'closed', 'open'],
  )
  const sum = (key: 'attempts' | 'failures') =>
    back.reduce((total, state) => total + (state.targets[0]?.[key] ?? 0), 0)
  assert.deepEqual([sum('attempts'), sum('failures')], [12, 4])
})

test('of thousands of different refusals the first ten keep their words, and none is lost', () => {
  const states = Array.from({ length: 1_000 }, (_, index) =>
    stateOf(index, { rejected: { digest: digestOf('a'), message: `cannot read file ${index}` } }),
  )
  const back = ungroup(groupStates(states))
  assert.equal(back.filter(state => state.rejected?.digest === digestOf('a')).length, 1_000)
  assert.equal(new Set(back.map(state => state.rejected?.message)).size, 11)
})

test('a fleet of ten thousand goes into parts far below the size of an object', async () => {
  const states = Array.from({ length: 10_000 }, (_, index) => stateOf(index, { live: digestOf('a') }))
  const parts = await encodeParts(states)
  assert.equal(parts.length, Math.ceil(10_000 / podsPerPart))
  for (const part of parts) assert.ok(part.text.length < 700_000, `${part.text.length} bytes`)
  const back = await Promise.all(parts.map(decodePart))
  assert.deepEqual(byUid(back.flat()), states)
})

test('a small fleet stays readable, an empty one needs no object', async () => {
  assert.deepEqual(await encodeParts([]), [])
  const [part] = await encodeParts([stateOf(1)])
  assert.equal(part?.kind, 'json')
})

test('a part that no replica writes is refused', async () => {
  await assert.rejects(decodePart({ kind: 'json', text: '{' }))
  await assert.rejects(decodePart({ kind: 'gzip', text: 'AAAA' }))
})

test('never throws on what a colleague of another version writes', () => {
  const group = { namespace: 'a', version: '1', targets: [{}], pods: [['p', 'u', 1], ['p'], 7], later: true }
  assert.deepEqual(readGroups([group, {}, null, { ...group, namespace: 1 }]), [
    { namespace: 'a', version: '1', targets: [], pods: [['p', 'u', 1]] },
  ])
  fc.assert(fc.property(fc.jsonValue(), value => void ungroup(readGroups(value))))
})
