// Whatever uninstalls the chart deletes its ClusterRole, and everything that the operator made goes with it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Cluster, startCluster } from '../support/cluster/start-cluster.ts'
import { type Operator, startOperator } from '../support/cluster/start-operator.ts'
import { eventually } from '../support/eventually.ts'
import { grantOperatorRoles } from '../support/operator-roles.ts'
import { recordOf, recordsOf } from '../support/simulated-vendors/json.ts'

const account = { namespace: 'llm-fallback-system', name: 'llm-fallback' }
const own = `namespaces/${account.namespace}`
const admission = '/apis/admissionregistration.k8s.io/v1'
const role = '/apis/rbac.authorization.k8s.io/v1/clusterroles/llm-fallback'
/** The collector looks at its own pace. */
const collectedWithinMs = 60_000

const secret = `/api/v1/${own}/secrets/llm-fallback-ca`
const made = [
  secret,
  `/api/v1/${own}/configmaps/llm-fallback-ca`,
  '/api/v1/namespaces/shop/configmaps/llm-fallback-ca',
  `/apis/coordination.k8s.io/v1/${own}/leases/llm-fallback`,
  `${admission}/validatingwebhookconfigurations/llm-fallback`,
  `${admission}/mutatingwebhookconfigurations/llm-fallback`,
]
const summaries = `/api/v1/${own}/configmaps?labelSelector=llmfallback.io/fleet=summary`

let cluster: Cluster
let operator: Operator

before(async () => {
  cluster = await startCluster({
    controllerManager: 'running',
    // As on OpenShift: owners may not be changed by who may not delete.
    apiServerFlags: ['--enable-admission-plugins=OwnerReferencesPermissionEnforcement'],
  })
  await cluster.applyCrds()
  for (const name of [account.namespace, 'shop']) await cluster.createNamespace(name)
  await cluster.createServiceAccount(account.namespace, account.name)
  await grantOperatorRoles(cluster, account, {})
  operator = await startOperator(cluster, { kubeconfig: await cluster.kubeconfigFor(account) })
  await cluster.adminExpect('PATCH', '/api/v1/namespaces/shop', {
    metadata: { labels: { 'llmfallback.io/injection': 'enabled' } },
  })
})
after(async () => {
  await operator?.stop()
  await cluster?.stop()
})

async function statusesOf(paths: readonly string[]): Promise<readonly number[]> {
  return Promise.all(paths.map(async path => (await cluster.adminRequest('GET', path)).status))
}

async function ownersOf(path: string): Promise<readonly unknown[]> {
  const { body } = await cluster.adminRequest('GET', path)
  return recordsOf(recordOf(body['metadata'])['ownerReferences']).map(owner => owner['uid'])
}

async function uidOfRole(): Promise<unknown> {
  return recordOf((await cluster.adminExpect('GET', role))['metadata'])['uid']
}

async function summariesLeft(): Promise<number> {
  return recordsOf((await cluster.adminExpect('GET', summaries))['items']).length
}

test('all that it makes is owned by its ClusterRole, and blocks nobody who deletes that', async () => {
  const uid = await uidOfRole()
  for (const path of made) {
    await eventually(`${path} is owned`, async () => {
      const owners = await ownersOf(path)
      return (owners.length === 1 && owners[0] === uid) || undefined
    })
    const { metadata } = await cluster.adminExpect('GET', path)
    const [owner] = recordsOf(recordOf(metadata)['ownerReferences'])
    assert.equal(owner?.['blockOwnerDeletion'], undefined)
  }
})

test('an object whose owner may not be changed is written all the same', async () => {
  const path = '/api/v1/namespaces/shop/configmaps/llm-fallback-ca'
  await cluster.adminExpect('PATCH', path, {
    metadata: { ownerReferences: null },
    data: { 'ca.crt': 'mine' },
  })
  await eventually('it is put right', async () => {
    const { body } = await cluster.adminRequest('GET', path)
    return String(recordOf(body['data'])['ca.crt']).includes('BEGIN CERTIFICATE') || undefined
  })
  // So that it is collected below: made anew, it gets its owner.
  await cluster.adminExpect('DELETE', path)
  const uid = await uidOfRole()
  await eventually('it is owned again', async () => (await ownersOf(path))[0] === uid || undefined)
})

test('once the ClusterRole is deleted nothing of it is left, nor made again by an operator that still runs', async () => {
  await cluster.adminExpect('DELETE', role)
  await eventually(
    'everything is collected',
    async () => (await statusesOf(made)).every(status => status === 404) || undefined,
    collectedWithinMs,
  )
  await eventually('so are the summaries', async () => (await summariesLeft()) === 0 || undefined)
  // Longer than the operator waits between two looks at its authorities and its webhook.
  await new Promise(resolve => setTimeout(resolve, 12_000))
  assert.deepEqual(
    await statusesOf(made),
    made.map(() => 404),
  )
  assert.equal(operator.hasEnded(), false)
})
