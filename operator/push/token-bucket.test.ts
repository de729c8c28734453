import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { TokenBucket } from './token-bucket.ts'

function bucketOf(clock: FakeClock, random = 0.5): TokenBucket {
  return new TokenBucket({ clock, random: () => random, perSecond: 10, burst: 20 })
}

function takeMany(bucket: TokenBucket, count: number) {
  return Array.from({ length: count }, () => bucket.take())
}

test('lets a burst in and turns the rest away', () => {
  const taken = takeMany(bucketOf(new FakeClock()), 30)
  assert.equal(taken.filter(one => one.kind === 'admitted').length, 20)
})

test('lets as many in as the time that passed has room for', () => {
  const clock = new FakeClock()
  const bucket = bucketOf(clock)
  takeMany(bucket, 30)
  clock.tick(500)
  const taken = takeMany(bucket, 10)
  assert.equal(taken.filter(one => one.kind === 'admitted').length, 5)
})

test('never saves up more than a burst', () => {
  const clock = new FakeClock()
  const bucket = bucketOf(clock)
  clock.tick(3_600_000)
  assert.equal(takeMany(bucket, 100).filter(one => one.kind === 'admitted').length, 20)
})

test('spreads those it turns away the wider the more there are, within bounds', () => {
  const bucket = bucketOf(new FakeClock(), 0.999)
  takeMany(bucket, 20)
  const waits = takeMany(bucket, 1_000).map(one => (one.kind === 'later' ? one.waitMs : Number.NaN))
  assert.ok(waits.every(wait => wait >= 1_000 && wait <= 30_000))
  assert.ok((waits[9] ?? 0) < (waits[99] ?? 0))
  assert.equal(waits.at(-1), 30_000)
})

test('forgets the crowd once there was time to serve it', () => {
  const clock = new FakeClock()
  const bucket = bucketOf(clock, 0.999)
  takeMany(bucket, 220)
  clock.tick(20_000)
  const [refused] = takeMany(bucket, 21).filter(one => one.kind === 'later')
  assert.ok(refused?.kind === 'later' && refused.waitMs < 1_200)
})
