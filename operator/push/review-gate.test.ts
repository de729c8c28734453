import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { TokenVerdict } from '../reconcile/ports.ts'
import { ReviewGate } from './review-gate.ts'

const refused: TokenVerdict = { kind: 'refused', reason: 'no' }

/** Reviews that end when the test says so. */
function heldReviewer() {
  const open: ((verdict: TokenVerdict) => void)[] = []
  const tokens: string[] = []
  const review = (token: string) => {
    tokens.push(token)
    return new Promise<TokenVerdict>(resolve => void open.push(resolve))
  }
  return { open, tokens, review }
}

const stays = () => false

test('asks about no more tokens at once than allowed, in the order of arrival', async () => {
  const reviewer = heldReviewer()
  const gate = new ReviewGate(reviewer, { reviewsAtOnce: 2, reviewsWaiting: 10 })
  const all = ['a', 'b', 'c'].map(token => gate.review(token, stays))
  assert.deepEqual(reviewer.tokens, ['a', 'b'])
  assert.equal(gate.pending, 3)
  reviewer.open[0]?.(refused)
  await all[0]
  await nextTurn()
  assert.deepEqual(reviewer.tokens, ['a', 'b', 'c'])
})

test('says at once that it is busy when too many wait', async () => {
  const gate = new ReviewGate(heldReviewer(), { reviewsAtOnce: 1, reviewsWaiting: 1 })
  void gate.review('a', stays)
  void gate.review('b', stays)
  const verdict = await gate.review('c', stays)
  assert.equal(verdict.kind, 'unavailable')
})

test('does not ask on behalf of somebody who hung up', async () => {
  const reviewer = heldReviewer()
  const gate = new ReviewGate(reviewer, { reviewsAtOnce: 1, reviewsWaiting: 10 })
  const first = gate.review('a', stays)
  let isGone = false
  const second = gate.review('b', () => isGone)
  isGone = true
  reviewer.open[0]?.(refused)
  await first
  assert.equal((await second).kind, 'unavailable')
  assert.deepEqual(reviewer.tokens, ['a'])
})

test('takes a reviewer that throws as unavailable, without its words', async () => {
  const reviewer = { review: () => Promise.reject(new Error('POST failed: token=secret')) }
  const gate = new ReviewGate(reviewer, { reviewsAtOnce: 1, reviewsWaiting: 1 })
  const verdict = await gate.review('secret', stays)
  assert.equal(verdict.kind, 'unavailable')
  assert.doesNotMatch(JSON.stringify(verdict), /secret/)
  assert.equal(gate.pending, 0)
})
