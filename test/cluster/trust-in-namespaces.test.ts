// Whom sidecars trust is written down beside their pods: soon, again when somebody breaks it, and nowhere else.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Operator, startOperator } from '../support/cluster/start-operator.ts'
import { eventually } from '../support/eventually.ts'
import { recordOf, textOf } from '../support/simulated-vendors/json.ts'
import { account, type RoleCluster, shop, startRoleCluster } from './sample-roles.ts'

const optedIn = { 'llmfallback.io/injection': 'enabled' }
let stage: RoleCluster
let operator: Operator

before(async () => {
  stage = await startRoleCluster()
  operator = await startOperator(stage.cluster, { kubeconfig: await stage.cluster.kubeconfigFor(account) })
})
after(async () => {
  await operator?.stop()
  await stage?.stop()
})

const pathIn = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps/llm-fallback-ca`

async function bundleIn(namespace: string): Promise<string> {
  const { body } = await stage.cluster.adminRequest('GET', pathIn(namespace))
  return textOf(recordOf(body['data'])['ca.crt']) ?? ''
}

function bundleComesTo(namespace: string): Promise<string> {
  return eventually(`${namespace} has the bundle`, async () => (await bundleIn(namespace)) || undefined)
}

const published = () => bundleIn(account.namespace)

test('a namespace that is made with the label or gets it has the bundle of the operator', async () => {
  const { cluster } = stage
  await cluster.createNamespace('labelled', optedIn)
  await cluster.createNamespace('plain')
  assert.equal(await bundleComesTo('labelled'), await published())
  assert.match(await published(), /BEGIN CERTIFICATE/)
  await cluster.adminExpect('PATCH', '/api/v1/namespaces/plain', { metadata: { labels: optedIn } })
  assert.equal(await bundleComesTo('plain'), await published())
})

test('so has one without the label that holds a pod with a sidecar, and no other', async () => {
  const { cluster } = stage
  await cluster.createNamespace('quiet')
  await cluster.createPod({ namespace: 'quiet', name: 'app', sidecar: 'absent' })
  await cluster.createPod({ namespace: shop, name: 'app' })
  assert.equal(await bundleComesTo(shop), await published())
  assert.equal(await bundleIn('quiet'), '')
  assert.equal(await bundleIn('default'), '')
})

test('what somebody edits or deletes is put right', async () => {
  const { cluster } = stage
  const good = await bundleComesTo('labelled')
  await cluster.adminExpect('PATCH', pathIn('labelled'), { data: { 'ca.crt': 'whom I trust' } })
  const isGood = async () => (await bundleIn('labelled')) === good || undefined
  await eventually('the edit is undone', isGood)
  await cluster.adminExpect('DELETE', pathIn('labelled'))
  await eventually('it is back', isGood)
})

test('a namespace that refuses it holds up no other', async () => {
  const { cluster } = stage
  await cluster.createNamespace('full')
  await cluster.adminExpect('POST', '/api/v1/namespaces/full/resourcequotas', {
    metadata: { name: 'none' },
    spec: { hard: { 'count/configmaps': '0' } },
  })
  // Without a controller manager nobody counts what is used.
  await cluster.adminExpect('PATCH', '/api/v1/namespaces/full/resourcequotas/none/status', {
    status: { hard: { 'count/configmaps': '0' }, used: { 'count/configmaps': '0' } },
  })
  await cluster.adminExpect('PATCH', '/api/v1/namespaces/full', { metadata: { labels: optedIn } })
  const told = () =>
    operator
      .logLines()
      .some(line => line['namespace'] === 'full' && /could not be told/.test(String(line['msg'])))
  await eventually('the refusal is told', () => told() || undefined)
  await cluster.createNamespace('beside', optedIn)
  assert.equal(await bundleComesTo('beside'), await published())
})

test('when the authorities change, every namespace learns it', async () => {
  const { cluster } = stage
  const before = await published()
  // The leader makes others, and has the old one trusted on.
  await cluster.adminExpect('DELETE', `/api/v1/namespaces/${account.namespace}/secrets/llm-fallback-ca`)
  const changed = await eventually(
    'the operator trusts another authority',
    async () => {
      const bundle = await published()
      return bundle === before ? undefined : bundle
    },
    30_000,
  )
  for (const namespace of ['labelled', 'plain', shop]) {
    await eventually(
      `${namespace} learns it`,
      async () => (await bundleIn(namespace)) === changed || undefined,
    )
  }
})
