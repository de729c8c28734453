import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeReadiness, type ReadinessFacts } from './readiness.ts'

const pods = { path: '/api/v1/pods', hasSynced: true, hasWatched: true }
const ready: ReadinessFacts = { collections: [pods], hasDecided: true, isListening: true, isLeader: false }

test('says what it waits for, the earliest first', () => {
  const unlisted = { path: '/api/v1/namespaces', hasSynced: false, hasWatched: false }
  const unwatched = { ...pods, hasWatched: false }
  const cases: readonly (readonly [Partial<ReadinessFacts>, string])[] = [
    [{ collections: [pods, unlisted], hasDecided: false }, 'the first list of /api/v1/namespaces'],
    [{ collections: [unwatched], hasDecided: false }, 'the first pass over all namespaces'],
    [{ collections: [unwatched], isListening: false }, 'the first watch of /api/v1/pods'],
    [{ isListening: false }, 'a certificate to listen with'],
  ]
  for (const [facts, what] of cases) {
    assert.deepEqual(describeReadiness({ ...ready, ...facts }), {
      isReady: false,
      text: `waiting for ${what}`,
    })
  }
})

test('is ready, and says who leads', () => {
  assert.deepEqual(describeReadiness(ready), { isReady: true, text: 'ready' })
  assert.deepEqual(describeReadiness({ ...ready, isLeader: true }), { isReady: true, text: 'ready: leader' })
})

test('does not wait for Secrets that it may not read', () => {
  const secret = { path: '/api/v1/namespaces/shop/secrets', hasSynced: false, hasWatched: false }
  assert.equal(describeReadiness({ ...ready, collections: [pods, secret] }).isReady, true)
})
