import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderStatus } from '../status/render-status.ts'
import type { StatusDraft } from '../status/status-draft.ts'
import { planStatusWrite, type StatusFile } from './plan-status-write.ts'

const draft: StatusDraft = {
  generation: 2,
  conditions: [
    { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'valid' },
    { type: 'Programmed', status: 'True', reason: 'Programmed', message: 'live' },
  ],
  live: '3/3',
  isSettled: true,
}
const silent: StatusDraft = { ...draft, live: '0/3', isSettled: false }

function stored(one: StatusDraft, generation = one.generation) {
  return renderStatus({ ...one, generation }, undefined, 0)
}

function plan(file: Partial<StatusFile>, now: number): string {
  const base = { draft, stored: undefined, generationSince: 0, warmUntil: 0 }
  const step = planStatusWrite({ ...base, ...file }, { now, wallTime: now })
  return step.kind === 'wait' ? `wait ${step.milliseconds}` : step.kind
}

test('a new spec whose pods have answered is written at once, even shortly after another write', () => {
  assert.equal(plan({}, 10), 'write')
  const written = { status: stored(draft, 1), at: 9 }
  assert.equal(plan({ stored: stored(draft, 1), written }, 10), 'write')
})

test('a new spec waits a second for its pods and no longer', () => {
  assert.equal(plan({ draft: silent, unsettledSince: 0 }, 400), 'wait 600')
  assert.equal(plan({ draft: silent, unsettledSince: 0 }, 1000), 'write')
})

test('a new spec waits a second for what it refers to', () => {
  const unresolved: StatusDraft = {
    ...draft,
    conditions: [{ type: 'ResolvedRefs', status: 'False', reason: 'ProviderNotFound', message: 'm' }],
  }
  assert.equal(plan({ draft: unresolved }, 400), 'wait 600')
})

test('what the object carries already is not written', () => {
  assert.equal(plan({ stored: stored(draft) }, 10), 'nothing')
})

test('an object is written at most every five seconds', () => {
  const before = stored({ ...draft, live: '2/3' })
  const written = { status: before, at: 1000 }
  assert.equal(plan({ stored: before, written }, 3000), 'wait 3000')
  assert.equal(plan({ stored: before, written }, 6000), 'write')
})

test('a cache that does not show the last write yet is no reason for another one', () => {
  const written = { status: stored(draft), at: 1000 }
  assert.equal(plan({ stored: undefined, written }, 1200), 'wait 4800')
})

test('what somebody else overwrote is restored after the pause', () => {
  const written = { status: stored(draft), at: 1000 }
  assert.equal(plan({ stored: stored({ ...draft, live: 'x' }), written }, 6000), 'write')
})

test('a cache that falls back behind a written status does not undo it', () => {
  const written = { status: stored(draft, 3), at: 0 }
  assert.equal(plan({ stored: stored(draft, 2), written }, 10_000), 'nothing')
})

test('a status of a spec that the object never had is overwritten: a backup or a hand put it there', () => {
  assert.equal(plan({ stored: stored(draft, 9) }, 10_000), 'write')
})

test('pods that fall silent get time to come back, most of it after a start', () => {
  const silence = { draft: silent, stored: stored(draft), unsettledSince: 10_000 }
  assert.equal(plan(silence, 10_000), 'wait 3000')
  assert.equal(plan({ ...silence, warmUntil: 20_000 }, 10_000), 'wait 10000')
  assert.equal(plan(silence, 13_000), 'write')
})

test('real news does not wait for silent pods to come back', () => {
  const refused: StatusDraft = {
    ...silent,
    conditions: [{ type: 'Accepted', status: 'False', reason: 'ConstraintViolated', message: 'm' }],
  }
  const news = { draft: refused, stored: stored(draft), unsettledSince: 10_000, warmUntil: 20_000 }
  assert.equal(plan(news, 11_000), 'write')
})
