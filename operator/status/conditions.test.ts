import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ResourceStatus } from '../reconcile/ports.ts'
import { healthCondition } from './health-condition.ts'
import type { PodCount, PodTally } from './pod-tally.ts'
import { programmedCondition, type Reach } from './programmed-condition.ts'
import { unusedProvider } from './provider-use.ts'
import { renderStatus } from './render-status.ts'
import type { ConditionDraft } from './status-draft.ts'
import { equalStatus, newestGeneration, readStoredStatus } from './stored-status.ts'
import { transitionEvents } from './transition-events.ts'

function tally(count: Partial<PodCount>): PodTally {
  const whole = { programmed: 0, rejected: 0, stale: 0, notInjected: 0, ...count }
  const matched = whole.programmed + whole.rejected + whole.stale + whole.notInjected
  const rejections = whole.rejected === 0 ? [] : [{ pod: 'n/p', message: 'too new' }]
  const withheld = { pods: 0, first: [] }
  return { count: { ...whole, matched }, rejections, stale: namesOf(whole.stale), notInjected: [], withheld }
}

function namesOf(count: number): readonly string[] {
  return ['n/a', 'n/b', 'n/c'].slice(0, count)
}

function programmed(count: Partial<PodCount>, more: Partial<Reach> = {}): string {
  const base = { overridden: 0, winners: [], meant: 'selected pods', nowhere: 'no pod' } as const
  const { status, reason, message } = programmedCondition({ ...base, tally: tally(count), ...more })
  return `${status} ${reason}: ${message}`
}

test('a policy is programmed when every pod that it wins runs it', () => {
  assert.equal(programmed({ programmed: 3 }), 'True Programmed: live in 3 of 3 pods')
  assert.match(
    programmed({ programmed: 1, stale: 2 }),
    /^False PartiallyProgrammed: live in 1 of 3 pods; 2 not heard from yet \(n\/a and n\/b\)$/,
  )
  assert.match(programmed({ stale: 5 }), /^False Reconciling: .* \(n\/a, n\/b, n\/c and 2 others\)$/)
  assert.match(programmed({ rejected: 1 }), /^False Rejected: .*n\/p: too new/)
  assert.match(programmed({ rejected: 1, programmed: 1 }), /^False PartiallyProgrammed/)
  assert.equal(programmed({}), 'False NoMatchingPods: no pod')
})

test('pods that run it without their keys are named with the reason, and it stays live', () => {
  const withheld = { pods: 2, first: [{ pod: 'n/p', message: 'SameUser: the app is the same user' }] }
  assert.equal(
    programmed({}, { tally: { ...tally({ programmed: 2 }), withheld } }),
    'True PartiallyProgrammed: live in 2 of 2 pods; 2 pods without provider keys, of these n/p: SameUser: the app is the same user',
  )
})

test('pods without a sidecar are a fault where they were selected', () => {
  assert.match(
    programmed({ programmed: 1, notInjected: 1 }),
    /^False PartiallyProgrammed: .*label the namespace/,
  )
  assert.match(
    programmed({ programmed: 1, notInjected: 1 }, { meant: 'pods with a sidecar' }),
    /^True PartiallyProgrammed/,
  )
  assert.match(programmed({ notInjected: 1 }, { meant: 'pods with a sidecar' }), /^False NoMatchingPods/)
})

test('a policy that loses every pod is overridden, one that loses some is partially programmed', () => {
  const lost = { overridden: 2, winners: ['n/b', 'n/c'] }
  assert.equal(programmed({}, lost), 'False Overridden: 2 selected pods run n/b and n/c instead')
  const one = { overridden: 1, winners: ['n/b'] }
  assert.equal(programmed({}, one), 'False Overridden: 1 selected pod runs n/b instead')
  assert.match(programmed({ programmed: 1 }, lost), /^True PartiallyProgrammed/)
})

test('health rests while the numbers move, and does not flap at the edge', () => {
  const use = { ...unusedProvider, users: 20, attempts: 100 }
  const say = (failures: number, before?: string) => healthCondition({ ...use, failures }, before)
  assert.deepEqual(say(60), say(90))
  assert.equal(say(60).reason, 'Failing')
  assert.equal(say(40).reason, 'Healthy')
  assert.equal(say(40, 'Failing').reason, 'Failing')
  assert.equal(say(20, 'Failing').reason, 'Healthy')
})

test('a breaker in one pod of many is that pod’s affair', () => {
  const use = { ...unusedProvider, users: 20, models: ['m'] }
  assert.equal(healthCondition({ ...use, shutOut: 1 }, undefined).reason, 'Healthy')
  assert.match(healthCondition({ ...use, shutOut: 2 }, undefined).message, /of m is open in some of the pods/)
  assert.equal(healthCondition({ ...use, users: 2, shutOut: 1 }, undefined).status, 'False')
  assert.equal(healthCondition(unusedProvider, undefined).reason, 'NoTraffic')
})

function status(
  conditions: readonly ConditionDraft[],
  generation = 1,
  before?: ResourceStatus,
): ResourceStatus {
  return renderStatus({ generation, conditions, isSettled: true }, before, Date.UTC(2026, 0, generation))
}

const accepted: ConditionDraft = { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'valid' }

test('a condition keeps its time while its status stays the same', () => {
  const first = status([accepted])
  assert.equal(first.conditions[0]?.lastTransitionTime, '2026-01-01T00:00:00Z')
  const kept = status([{ ...accepted, message: 'other' }], 2, first)
  assert.equal(kept.conditions[0]?.lastTransitionTime, '2026-01-01T00:00:00Z')
  const turned = status([{ ...accepted, status: 'False' }], 2, first)
  assert.equal(turned.conditions[0]?.lastTransitionTime, '2026-01-02T00:00:00Z')
})

test('a status that the API server gives back is equal to the one written', () => {
  const pods = { matched: 1, programmed: 0, rejected: 1, stale: 0, notInjected: 0 }
  const conflicted: ConditionDraft = { ...accepted, type: 'Conflicted', status: 'False' }
  const written: ResourceStatus = {
    ...status([accepted, conflicted]),
    pods,
    rejections: [{ pod: 'n/p', message: 'no' }],
    live: '0/1',
  }
  const echoed = { ...JSON.parse(JSON.stringify(written)), conditions: [...written.conditions].reverse() }
  const read = readStoredStatus(echoed)
  assert.ok(read && equalStatus(read, written))
  assert.equal(newestGeneration(read), 1)
})

test('a malformed status counts as different, never as an error', () => {
  for (const value of [
    7,
    [],
    { conditions: 'x' },
    { conditions: [{ type: 'Accepted' }], pods: { matched: 'x' } },
  ]) {
    const read = readStoredStatus(value)
    assert.ok(read === undefined || !equalStatus(read, status([accepted])))
  }
})

test('events tell what turned bad, what turned good again, and what went live', () => {
  const bad: ConditionDraft = {
    type: 'ResolvedRefs',
    status: 'False',
    reason: 'SecretNotFound',
    message: 'm',
  }
  const live: ConditionDraft = { type: 'Programmed', status: 'True', reason: 'Programmed', message: 'm' }
  const reasons = (before: ResourceStatus | undefined, after: readonly ConditionDraft[]) =>
    transitionEvents(before, status(after)).map(({ type, reason }) => `${type} ${reason}`)
  assert.deepEqual(reasons(undefined, [accepted, bad, live]), ['Warning SecretNotFound', 'Normal Programmed'])
  assert.deepEqual(reasons(status([bad, live]), [bad, live]), [])
  assert.deepEqual(reasons(status([bad]), [{ ...bad, status: 'True', reason: 'ResolvedRefs' }]), [
    'Normal ResolvedRefs',
  ])
})
