import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import test from 'node:test'
import {
  configMapBundle,
  configMapPath,
  countCertificates,
  day,
  kinds,
  minute,
  namespace,
  secretPath,
  trusts,
  withScene,
} from '../../test/support/certificate-scene.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { noOwnership } from '../../test/support/no-ownership.ts'
import { recordOf } from '../../test/support/simulated-vendors/json.ts'
import { createAuthority } from './authority.ts'
import { writeAuthoritySecret } from './authority-secret.ts'
import { createCertificates } from './certificates.ts'

test('the leader makes an authority, and every replica a leaf of its own that it signed', async () => {
  await withScene(async ({ join, objects, pass }) => {
    const leader = join('leader')
    const follower = join('follower')
    await pass(1_000)
    const bundle = await configMapBundle(objects)
    assert.equal(countCertificates(bundle), 1)
    for (const { certificates } of [leader, follower]) {
      assert.equal(certificates.bundle(), bundle)
      assert.ok(trusts(bundle, certificates.leaf.current().cert))
    }
    assert.notEqual(leader.certificates.leaf.current().key, follower.certificates.leaf.current().key)
    const leaf = new X509Certificate(leader.certificates.leaf.current().cert)
    assert.ok(leaf.checkHost('llm-fallback.llm-fallback-system.svc'))
    assert.ok(leaf.checkIP('127.0.0.1'))
    assert.ok(!leaf.ca)
    assert.ok(leader.certificates.secondsUntilExpiry() > 6.9 * 24 * 3600)
  })
})

test('without a leader there is no authority, and a follower waits for it', async () => {
  await withScene(async ({ join, objects, pass }) => {
    const follower = join('follower')
    await pass(60_000)
    assert.equal(await objects.read(secretPath), undefined)
    assert.throws(() => follower.certificates.leaf.current(), /no certificate yet/)
    assert.equal(follower.certificates.secondsUntilExpiry(), 0)
    follower.leadership.become('leader')
    await pass(0)
    assert.ok(trusts(follower.certificates.bundle(), follower.certificates.leaf.current().cert))
  })
})

test('of two that create at once the first wins, and both sign with its authority', async () => {
  await withScene(async ({ join, objects, pass, now }) => {
    const other = await createAuthority(now())
    objects.beforeNextWrite = () =>
      objects.create(
        `/api/v1/namespaces/${namespace}/secrets`,
        writeAuthoritySecret(namespace, { current: other }),
      )
    const leader = join('leader')
    await pass(2_000)
    assert.equal(leader.certificates.bundle(), other.certificate)
    assert.ok(!kinds(leader.events).includes('authorityCreated'))
  })
})

test('a leaf is renewed after two thirds of its life, and only then', async () => {
  await withScene(async ({ join, pass, sleep }) => {
    const { certificates, events } = join('leader')
    await pass(1_000)
    const first = certificates.leaf.current()
    let told = 0
    certificates.leaf.onChange(() => {
      told += 1
    })
    await sleep(4 * day)
    assert.equal(certificates.leaf.current(), first)
    await sleep(day)
    assert.notEqual(certificates.leaf.current(), first)
    assert.equal(told, 1)
    assert.deepEqual(kinds(events), ['authorityCreated', 'leafIssued', 'leafIssued'])
  })
})

test('a Secret that somebody broke is told of once, and what was read before works on', async () => {
  await withScene(async ({ join, objects, pass, sleep }) => {
    const { certificates, events } = join('leader')
    await pass(1_000)
    const before = certificates.bundle()
    const secret = recordOf(await objects.read(secretPath))
    const broken = { ...secret, data: { ...recordOf(secret['data']), 'ca.key': 'bm90IGEga2V5' } }
    await objects.apply(secretPath, broken)
    await pass(minute)
    const told = events.filter(event => event.kind === 'secretBroken')
    assert.deepEqual(told, [
      {
        kind: 'secretBroken',
        problem: 'ca.crt, ca.key: the key is not PEM',
        cure: 'put the keys right, or delete the Secret: the leader makes a new one',
      },
    ])
    await sleep(6 * day)
    assert.equal(certificates.bundle(), before)
    assert.ok(trusts(before, certificates.leaf.current().cert))
    assert.ok(certificates.secondsUntilExpiry() > 6 * 24 * 3600, 'the leaf is still renewed')
  })
})

test('an API server that is away changes nothing but the mood', async () => {
  await withScene(async ({ join, objects, pass, sleep }) => {
    const { certificates, events } = join('leader')
    await pass(1_000)
    const before = certificates.leaf.current()
    objects.outage = new Error('connection refused')
    await pass(minute)
    assert.equal(certificates.leaf.current(), before)
    await sleep(6 * day)
    assert.notEqual(certificates.leaf.current(), before)
    assert.ok(kinds(events).includes('passFailed'))
    objects.outage = undefined
    const failures = events.filter(({ kind }) => kind === 'passFailed').length
    await pass(minute)
    assert.equal(events.filter(({ kind }) => kind === 'passFailed').length, failures)
  })
})

test('a ConfigMap that somebody edited is put right, and nothing is written while all is well', async () => {
  await withScene(async ({ join, objects, pass }) => {
    const { certificates } = join('leader')
    await pass(1_000)
    const count = objects.writes.length
    await pass(5 * minute)
    assert.equal(objects.writes.length, count)
    await objects.apply(configMapPath, {
      metadata: { name: 'llm-fallback-ca' },
      data: { 'ca.crt': 'nobody' },
    })
    await pass(10_000)
    assert.equal(await configMapBundle(objects), certificates.bundle())
  })
})

test('start rejects when it is stopped before there was a certificate', async () => {
  await withScene(async ({ objects }) => {
    const hands = new FakeClock()
    const certificates = createCertificates({
      objects,
      ownership: noOwnership,
      clock: hands,
      namespace,
      hosts: ['localhost'],
      leadership: { isLeader: () => false, onChange: () => () => undefined },
      report: () => undefined,
    })
    const started = certificates.start()
    certificates.stop()
    await assert.rejects(started, /stopped before/)
    assert.equal(hands.pending, 0)
  })
})
