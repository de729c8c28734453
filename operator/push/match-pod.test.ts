import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import type { PodFacts } from '../reconcile/ports.ts'
import { matchPod, PodMatcher } from './match-pod.ts'
import { SampleReader, SampleReviewer, samplePod } from './sample-cluster.ts'

const token = new SampleReviewer(Number.MAX_SAFE_INTEGER).accept('a')

function start() {
  const clock = new FakeClock()
  const pods = new SampleReader<PodFacts>()
  return { clock, pods, matcher: new PodMatcher({ clock, pods, lagMs: 2_000 }) }
}

test('a pod must be the same in every respect that the token names', () => {
  assert.equal(matchPod(token, samplePod('a')).kind, 'running')
  assert.equal(matchPod(token, samplePod('a', { uid: 'other' })).kind, 'differs')
  assert.equal(matchPod(token, samplePod('a', { serviceAccount: 'other' })).kind, 'differs')
  assert.equal(matchPod(token, samplePod('b', { uid: token.podUid })).kind, 'differs')
  assert.equal(matchPod(token, samplePod('a', { namespace: 'other' })).kind, 'differs')
  assert.equal(matchPod(token, undefined).kind, 'unknown')
})

test('a pod that is being deleted is served until its containers have ended', () => {
  assert.equal(matchPod(token, samplePod('a', { isDeleting: true })).kind, 'running')
  assert.equal(matchPod(token, samplePod('a', { isFinished: true })).kind, 'finished')
})

test('waits for a pod that the cache does not show yet', async () => {
  const { clock, pods, matcher } = start()
  const match = matcher.match(token)
  await clock.advance(1_500)
  pods.put(samplePod('b'))
  pods.put(samplePod('a'))
  assert.equal((await match).kind, 'running')
  assert.equal(clock.pending, 0)
})

test('waits while the cache shows the pod that had this name before', async () => {
  const { pods, matcher } = start()
  pods.put(samplePod('a', { uid: 'before' }))
  const match = matcher.match(token)
  pods.put(samplePod('a'))
  assert.equal((await match).kind, 'running')
})

test('gives up after the lag', async () => {
  const { clock, pods, matcher } = start()
  const unknown = matcher.match(token)
  await clock.advance(2_000)
  assert.equal((await unknown).kind, 'unknown')
  pods.put(samplePod('a', { uid: 'after' }))
  const differs = matcher.match(token)
  await clock.advance(2_000)
  assert.equal((await differs).kind, 'differs')
})

test('does not wait where the cache knows that very pod', async () => {
  const { clock, pods, matcher } = start()
  pods.put(samplePod('a', { serviceAccount: 'other' }))
  assert.equal((await matcher.match(token)).kind, 'differs')
  assert.equal(clock.pending, 0)
})

test('lets everybody go as it stops', async () => {
  const { clock, matcher } = start()
  const match = matcher.match(token)
  matcher.stop()
  assert.equal((await match).kind, 'unknown')
  assert.equal(clock.pending, 0)
})
