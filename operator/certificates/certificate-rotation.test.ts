import assert from 'node:assert/strict'
import test from 'node:test'
import {
  configMapBundle,
  countCertificates,
  day,
  kinds,
  minute,
  secretPath,
  trusts,
  withScene,
} from '../../test/support/certificate-scene.ts'

test('in a rotation whoever trusted the bundle before or after trusts every leaf in between', async () => {
  await withScene(async ({ join, objects, pass, sleep }) => {
    const leader = join('leader')
    const follower = join('follower')
    await pass(1_000)
    const before = leader.certificates.bundle()
    const bundles: string[] = []
    leader.certificates.onBundleChange(() => bundles.push(leader.certificates.bundle()))
    // Two thirds of a year.
    await sleep(244 * day)
    assert.deepEqual(kinds(leader.events).slice(-2), ['rotationBegun', 'leafIssued'])
    const both = leader.certificates.bundle()
    assert.equal(countCertificates(both), 2)
    assert.equal(await configMapBundle(objects), both)
    await pass(9 * minute)
    for (const { certificates } of [leader, follower]) {
      assert.ok(trusts(before, certificates.leaf.current().cert), 'the old one signs during the overlap')
    }
    await pass(2 * minute)
    assert.ok(kinds(leader.events).includes('rotationCompleted'))
    for (const { certificates } of [leader, follower]) {
      assert.ok(!trusts(before, certificates.leaf.current().cert), 'the new one signs after the overlap')
      assert.ok(trusts(both, certificates.leaf.current().cert))
    }
    assert.equal(countCertificates(leader.certificates.bundle()), 2)
    await pass(11 * minute)
    assert.ok(kinds(leader.events).includes('previousDropped'))
    const after = leader.certificates.bundle()
    assert.equal(countCertificates(after), 1)
    assert.ok(trusts(after, follower.certificates.leaf.current().cert))
    assert.equal(await configMapBundle(objects), after)
    assert.equal(bundles.length, 3)
  })
})

test('an authority that expired while nothing ran is replaced at once', async () => {
  await withScene(async ({ join, pass, sleep }) => {
    const { certificates, events } = join('leader')
    await pass(1_000)
    const before = certificates.bundle()
    await sleep(400 * day)
    assert.ok(certificates.secondsUntilExpiry() > 6 * 24 * 3600)
    assert.ok(!trusts(before, certificates.leaf.current().cert))
    assert.ok(trusts(certificates.bundle(), certificates.leaf.current().cert))
    assert.ok(kinds(events).includes('rotationCompleted'))
  })
})

test('a deleted Secret is made again, and its authority signs on while a new one is introduced', async () => {
  await withScene(async ({ join, objects, pass }) => {
    const leader = join('leader')
    const follower = join('follower')
    await pass(1_000)
    const before = leader.certificates.bundle()
    await objects.remove(secretPath)
    await pass(20_000)
    assert.equal(countCertificates(follower.certificates.bundle()), 2)
    assert.ok(follower.certificates.bundle().includes(before.trim()))
    assert.ok(trusts(before, leader.certificates.leaf.current().cert))
    await pass(11 * minute)
    assert.ok(!trusts(before, leader.certificates.leaf.current().cert))
    assert.ok(!trusts(before, follower.certificates.leaf.current().cert))
    assert.ok(trusts(leader.certificates.bundle(), follower.certificates.leaf.current().cert))
  })
})

test('a rotation is not begun by a follower, and not lost by a change of leader', async () => {
  await withScene(async ({ join, objects, pass, sleep }) => {
    const leader = join('leader')
    const follower = join('follower')
    await pass(1_000)
    leader.leadership.become('follower')
    await sleep(300 * day)
    assert.equal(countCertificates(await configMapBundle(objects)), 1)
    follower.leadership.become('leader')
    await pass(10_000)
    assert.equal(countCertificates(await configMapBundle(objects)), 2)
    follower.leadership.become('follower')
    leader.leadership.become('leader')
    await pass(12 * minute)
    assert.ok(kinds(leader.events).includes('rotationCompleted'))
  })
})
