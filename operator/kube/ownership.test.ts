import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import type { ApiClient, ApiRequest } from './api-client.ts'
import { ApiError } from './api-error.ts'
import { createObjectClient } from './object-client.ts'
import { ClusterRoleOwnership, ownersOf } from './ownership.ts'
import { fieldsOf } from './untrusted.ts'

const reference = (uid: string) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  name: 'llm-fallback',
  uid,
})
const wanted = { kind: 'ConfigMap', metadata: { name: 'a' } }
const withOwner = (uid: string) => ({ ...wanted, metadata: { name: 'a', ownerReferences: [reference(uid)] } })

let clock: FakeClock
/** UID of the ClusterRole, or the status with which it is refused. */
let role: string | number
let reads: number
let ownership: ClusterRoleOwnership

function clientOf(send: (request: ApiRequest) => unknown): ApiClient {
  return {
    send: async request => send(request),
    stream: () => Promise.reject(new Error('not asked for')),
    close: async () => undefined,
  }
}

const refused = (status: number) => new ApiError({ status, reason: 'No', message: `status ${status}` })

beforeEach(() => {
  clock = new FakeClock()
  role = 'u-1'
  reads = 0
  const client = clientOf(() => {
    reads += 1
    if (typeof role === 'number') throw refused(role)
    return { metadata: { uid: role } }
  })
  ownership = new ClusterRoleOwnership({ client, clock })
})

test('what is made is owned by the ClusterRole, which is read once for many', async () => {
  const claimed = await Promise.all([ownership.claim(wanted, undefined), ownership.claim(wanted, undefined)])
  assert.deepEqual(claimed, [withOwner('u-1'), withOwner('u-1')])
  await ownership.claim(wanted, { metadata: {} })
  assert.equal(reads, 1)
})

test('without a ClusterRole, or without the right to see it, nobody owns anything', async () => {
  for (const status of [404, 403]) {
    role = status
    assert.deepEqual(await ownership.claim(wanted, undefined), wanted)
    await clock.advance(5_000)
  }
})

test('once it was there and is gone nothing is written, until there is another', async () => {
  await ownership.claim(wanted, undefined)
  role = 404
  await clock.advance(5_000)
  await assert.rejects(ownership.claim(wanted, undefined), /is being uninstalled/)
  role = 'u-2'
  await clock.advance(5_000)
  assert.deepEqual(await ownership.claim(wanted, withOwner('u-1')), withOwner('u-2'))
})

test('when the API server does not answer, whoever writes has to try again', async () => {
  role = 500
  await assert.rejects(ownership.claim(wanted, undefined), /status 500/)
  role = 'u-1'
  assert.deepEqual(await ownership.claim(wanted, undefined), withOwner('u-1'))
})

test('owners that others gave stay', async () => {
  const other = { apiVersion: 'v1', kind: 'Namespace', name: 'b', uid: 'u-9' }
  const object = { metadata: { name: 'a', ownerReferences: [other, reference('u-0')] } }
  assert.deepEqual(ownersOf(await ownership.claim(object, undefined)), [other, reference('u-1')])
})

test('where owners may not be changed the content is written with those that stand, and they are left alone', async () => {
  const stored: unknown = { metadata: { name: 'a' } }
  const written: unknown[] = []
  const client = clientOf(({ method, body }) => {
    if (method === 'GET') return stored
    if (ownersOf(body).length > 0) throw refused(403)
    return void written.push(body)
  })
  const objects = createObjectClient(client, () => ownership.refused())
  await objects.apply('/a', await ownership.claim(wanted, stored))
  assert.deepEqual(written, [wanted])
  assert.deepEqual(await ownership.claim(wanted, stored), wanted)
  assert.deepEqual(await ownership.claim(wanted, undefined), withOwner('u-1'), 'what is new is owned')
  await clock.advance(10 * 60_000)
  assert.deepEqual(await ownership.claim(wanted, stored), withOwner('u-1'), 'the right may have come')
})

test('what is refused for another reason stays refused', async () => {
  const client = clientOf(({ method }) => {
    if (method === 'GET') return fieldsOf({ metadata: {} })
    throw refused(403)
  })
  const objects = createObjectClient(client, () => ownership.refused())
  await assert.rejects(objects.apply('/a', withOwner('u-1')), /status 403/)
  assert.deepEqual(await ownership.claim(wanted, withOwner('u-0')), withOwner('u-1'))
})
