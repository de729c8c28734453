import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { SelectionClass } from '../../crds/compile/compile-namespace.ts'
import type { PodFacts, SidecarState } from '../reconcile/ports.ts'
import { fleetReport } from './fleet-report.ts'
import { type PlacedPod, takeStock } from './take-stock.ts'

function selection(
  digest: string,
  winners: readonly string[],
  losers: SelectionClass['losers'],
): SelectionClass {
  return {
    key: digest,
    winners,
    losers,
    secrets: [],
    snapshot: { version: 1, digest, policies: [], providers: {} },
  }
}

const classes = [
  selection('one', ['n/strong'], [{ policy: 'n/weak', winner: 'n/strong' }]),
  selection('two', ['cluster/first', 'n/weak'], []),
  selection('three', [], []),
]

interface Drawn {
  readonly selection: SelectionClass
  readonly hasSidecar: boolean
  readonly isDeleting: boolean
  readonly sidecar: 'none' | Pick<SidecarState, 'live' | 'rejected'>
}

const digests = fc.constantFrom('one', 'two', 'three', 'old')

const drawn: fc.Arbitrary<Drawn> = fc.record({
  selection: fc.constantFrom(...classes),
  hasSidecar: fc.boolean(),
  isDeleting: fc.boolean(),
  sidecar: fc.oneof(
    fc.constant('none' as const),
    fc.constant({}),
    digests.map(live => ({ live })),
    digests.map(digest => ({ live: 'old', rejected: { digest, message: 'no' } })),
  ),
})

function place(pods: readonly Drawn[]): {
  readonly placed: readonly PlacedPod[]
  readonly find: (uid: string) => SidecarState | undefined
} {
  const sidecars = new Map<string, SidecarState>()
  const placed = pods.map((one, index) => {
    const uid = `uid-${index}`
    const pod: PodFacts = {
      namespace: 'n',
      name: `p${index}`,
      uid,
      labels: {},
      serviceAccount: 'default',
      node: '',
      hasSidecar: one.hasSidecar,
      injection: '',
      unsound: '',
      exposedKeys: '',
      keptVariables: '',
      isFinished: false,
      isDeleting: one.isDeleting,
    }
    if (one.sidecar !== 'none') {
      const base = { namespace: 'n', pod: pod.name, uid, connectedAt: 0, version: '', targets: [] }
      sidecars.set(uid, { ...base, ...one.sidecar })
    }
    return { pod, selection: one.selection }
  })
  return { placed, find: uid => sidecars.get(uid) }
}

test('every pod that a policy wins is in exactly one state, every other that it selects is overridden', () => {
  fc.assert(
    fc.property(fc.array(drawn, { maxLength: 40 }), pods => {
      const { placed, find } = place(pods)
      const { policies } = takeStock(placed, find)
      const living = placed.filter(({ pod }) => !pod.isDeleting)
      for (const id of ['n/strong', 'n/weak', 'cluster/first']) {
        const standing = policies.get(id)
        const won = living.filter(one => one.selection.winners.includes(id)).length
        const lost = living.filter(one => one.selection.losers.some(({ policy }) => policy === id)).length
        const count = standing?.tally.count
        assert.equal(count?.matched ?? 0, won)
        const states = count && count.programmed + count.rejected + count.stale + count.notInjected
        assert.equal(states ?? 0, won)
        assert.equal(standing?.overridden ?? 0, lost)
        assert.equal(standing?.tally.rejections.length ?? 0, Math.min(10, count?.rejected ?? 0))
      }
    }),
  )
})

test('the report and the counts agree', () => {
  fc.assert(
    fc.property(fc.array(drawn, { maxLength: 40 }), pods => {
      const { placed, find } = place(pods)
      const weak = takeStock(placed, find).policies.get('n/weak')?.tally.count
      const reports = fleetReport(placed, find).pods.filter(({ policy }) => policy.includes('n/weak'))
      for (const state of ['programmed', 'rejected', 'stale', 'notInjected'] as const) {
        assert.equal(reports.filter(report => report.state === state).length, weak?.[state] ?? 0)
      }
    }),
  )
})

test('a pod without the container counts as injected once it has a stream', () => {
  const [one = classes[0]] = classes
  assert.ok(one)
  const { placed, find } = place([
    { selection: one, hasSidecar: false, isDeleting: false, sidecar: { live: 'one' } },
    { selection: one, hasSidecar: false, isDeleting: false, sidecar: {} },
    { selection: one, hasSidecar: false, isDeleting: false, sidecar: 'none' },
    { selection: one, hasSidecar: true, isDeleting: false, sidecar: 'none' },
  ])
  assert.deepEqual(takeStock(placed, find).policies.get('n/strong')?.tally.count, {
    matched: 4,
    programmed: 1,
    rejected: 0,
    stale: 2,
    notInjected: 1,
  })
})
