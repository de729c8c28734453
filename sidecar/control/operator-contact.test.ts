import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { OperatorContact } from './operator-contact.ts'

function scene() {
  const clock = new FakeClock(Date.UTC(2026, 0, 1))
  return { clock, contact: new OperatorContact(clock) }
}

test('before the first connect it says so and knows no age', () => {
  const { clock, contact } = scene()
  assert.equal(contact.describe(), 'source: operator, connecting since 2026-01-01T00:00:00.000Z')
  assert.equal(contact.figures().isConnected, false)
  clock.tick(4_000)
  assert.equal(contact.figures().secondsSinceContact, 4)
  assert.equal(contact.figures().snapshotAgeSeconds, undefined)
})

test('a lost operator is unreachable since it was last heard, however often connecting fails', () => {
  const { clock, contact } = scene()
  contact.connected()
  contact.replaced()
  clock.tick(10_000)
  contact.heard()
  clock.tick(5_000)
  contact.lost('silent', 'nothing was heard')
  clock.tick(5_000)
  contact.lost('unreachable', 'it cannot be reached (ECONNREFUSED)')
  assert.deepEqual(contact.describe().split('\n'), [
    'source: operator, unreachable since 2026-01-01T00:00:10.000Z: it cannot be reached (ECONNREFUSED)',
    'snapshot: live since 2026-01-01T00:00:00.000Z',
  ])
  const { isConnected, secondsSinceContact, snapshotAgeSeconds, ends } = contact.figures()
  assert.deepEqual([isConnected, secondsSinceContact, snapshotAgeSeconds], [false, 10, 20])
  assert.deepEqual([ends.silent, ends.unreachable, ends.farewell], [1, 1, 0])
})

test('the age of a kept snapshot counts from when it was kept, also after the operator named it again', () => {
  const { clock, contact } = scene()
  contact.startedFrom(clock.wallTime() - 60_000)
  assert.match(contact.describe(), /snapshot: kept from an earlier run, live since 2025-12-31T23:59:00/)
  contact.connected()
  contact.confirmed()
  assert.match(contact.describe(), /snapshot: live since 2025-12-31T23:59:00/)
  assert.equal(contact.figures().snapshotAgeSeconds, 60)
  contact.replaced()
  assert.equal(contact.figures().snapshotAgeSeconds, 0)
})

test('a planned farewell is no trouble', () => {
  const { contact } = scene()
  contact.connected()
  contact.lost('farewell', 'rebalance')
  assert.match(contact.describe(), /connecting since/)
})
