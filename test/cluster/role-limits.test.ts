// What the shipped roles do not allow, asked and tried as the operator's ServiceAccount, and what they give to people.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ApiMethod } from '../support/cluster/api-client.ts'
import type { ServiceAccountId } from '../support/cluster/start-cluster.ts'
import { bindRole, findRole } from '../support/operator-roles.ts'
import { recordOf } from '../support/simulated-vendors/json.ts'
import { account, crdGroup, type RoleCluster, secret, shop, startRoleCluster, vault } from './sample-roles.ts'

const own = `/api/v1/namespaces/${account.namespace}`
const webhooks = '/apis/admissionregistration.k8s.io/v1'
const rbac = '/apis/rbac.authorization.k8s.io/v1'
const viewer: ServiceAccountId = { namespace: shop, name: 'viewer' }
const editor: ServiceAccountId = { namespace: shop, name: 'editor' }
const apply = { contentType: 'application/apply-patch+yaml' }

let stage: RoleCluster
let token: string

before(async () => {
  stage = await startRoleCluster()
  const { cluster } = stage
  token = await cluster.tokenFor(account)
  await stage.apply(secret(shop, 'vendor-keys', 'granted'))
  await stage.apply(secret(shop, 'other-keys', 'withheld'))
  await stage.apply(secret(vault, 'vendor-keys', 'withheld'))
  await stage.apply(secret(account.namespace, 'llm-fallback-ca', 'own'))
  await stage.apply(secret(account.namespace, 'neighbour', 'withheld'))
  for (const { namespace, name } of [viewer, editor]) await cluster.createServiceAccount(namespace, name)
  await bindRole(cluster, findRole('aggregated-view'), { account: viewer, namespace: shop })
  await bindRole(cluster, findRole('aggregated-edit'), { account: editor, namespace: shop })
})
after(() => stage?.stop())

async function canI(who: ServiceAccountId, question: string): Promise<string> {
  const { stdout } = await stage.cluster.kubectl({ as: who }, 'auth', 'can-i', ...question.split(' '))
  return stdout.trim()
}

async function statusOf(method: ApiMethod, path: string, body?: unknown): Promise<number> {
  const options = method === 'PATCH' ? { token, ...apply } : { token }
  return (await stage.cluster.adminRequest(method, path, body, options)).status
}

const questions: Readonly<Record<'yes' | 'no', readonly string[]>> = {
  yes: [
    `get secrets/vendor-keys -n ${shop}`,
    `watch secrets/vendor-keys -n ${shop}`,
    `get secrets/llm-fallback-ca -n ${account.namespace}`,
    `update secrets/llm-fallback-ca -n ${account.namespace}`,
    `list pods -A`,
    `patch fallbackpolicies.llmfallback.io --subresource=status -n ${shop}`,
    `patch events.events.k8s.io -n ${vault}`,
    'patch mutatingwebhookconfigurations/llm-fallback',
    `patch configmaps/llm-fallback-ca -n ${shop}`,
    'get clusterroles/llm-fallback',
  ],
  no: [
    'list secrets -A',
    'watch secrets -A',
    `list secrets -n ${shop}`,
    `get secrets/other-keys -n ${shop}`,
    `update secrets/vendor-keys -n ${shop}`,
    `list secrets -n ${account.namespace}`,
    `list secrets/llm-fallback-ca -n ${account.namespace}`,
    `delete secrets/llm-fallback-ca -n ${account.namespace}`,
    `create pods -n ${shop}`,
    `delete pods -n ${shop}`,
    `create pods --subresource=exec -n ${shop}`,
    `patch pods -n ${shop}`,
    `create serviceaccounts --subresource=token -n ${account.namespace}`,
    `update fallbackpolicies.llmfallback.io -n ${shop}`,
    `patch llmproviders.llmfallback.io -n ${shop}`,
    'create clusterfallbackpolicies.llmfallback.io',
    'delete clusterllmproviders.llmfallback.io',
    'patch validatingwebhookconfigurations/other',
    'create mutatingwebhookconfigurations',
    'delete validatingwebhookconfigurations/llm-fallback',
    `get configmaps -n ${shop}`,
    `get configmaps/kube-root-ca.crt -n ${shop}`,
    `delete configmaps/llm-fallback-ca -n ${shop}`,
    'get clusterroles/cluster-admin',
    'patch clusterroles/llm-fallback',
    `update leases/other -n ${account.namespace}`,
    'create clusterrolebindings',
    'impersonate users',
    '* *',
  ],
}

for (const answer of ['yes', 'no'] as const) {
  test(`kubectl auth can-i says ${answer} where it should`, async () => {
    for (const question of questions[answer]) {
      assert.match(await canI(account, question), new RegExp(`^${answer}\\b`), question)
    }
  })
}

test('no Secret is handed out but the granted one, neither one by one nor in a list', async () => {
  assert.equal(await statusOf('GET', `/api/v1/namespaces/${shop}/secrets/vendor-keys`), 200)
  const refused = [
    '/api/v1/secrets',
    '/api/v1/secrets?fieldSelector=metadata.name=vendor-keys',
    `/api/v1/namespaces/${shop}/secrets`,
    `/api/v1/namespaces/${shop}/secrets?watch=true&timeoutSeconds=1`,
    `/api/v1/namespaces/${shop}/secrets?fieldSelector=metadata.name!=vendor-keys`,
    `/api/v1/namespaces/${shop}/secrets?fieldSelector=metadata.name=other-keys`,
    `/api/v1/namespaces/${shop}/secrets/other-keys`,
    `/api/v1/namespaces/${vault}/secrets/vendor-keys`,
    `${own}/secrets/neighbour`,
    `${own}/secrets?fieldSelector=metadata.name=llm-fallback-ca`,
  ]
  for (const path of refused) assert.equal(await statusOf('GET', path), 403, path)
})

test('no pod, token, role or credential can be made or changed', async () => {
  const containers = [{ name: 'a', image: 'b' }]
  const tokenRequest = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }
  const refused: readonly (readonly [ApiMethod, string, object?])[] = [
    ['POST', `/api/v1/namespaces/${shop}/pods`, { metadata: { name: 'new' }, spec: { containers } }],
    ['DELETE', `/api/v1/namespaces/${shop}/pods/assistant`],
    ['POST', `${own}/serviceaccounts/${account.name}/token`, tokenRequest],
    ['POST', `/api/v1/namespaces/${shop}/serviceaccounts/default/token`, tokenRequest],
    ['POST', `${rbac}/clusterroles`, { metadata: { name: 'mine' }, rules: [] }],
    ['DELETE', `/api/v1/namespaces/${shop}/secrets/vendor-keys`],
    ['DELETE', `${own}/secrets/llm-fallback-ca`],
    ['DELETE', `/api/v1/namespaces/${vault}`],
  ]
  for (const [method, path, body] of refused) assert.equal(await statusOf(method, path, body), 403, path)
})

test('what people wrote stays as they wrote it, and only its status can be written', async () => {
  const path = `${crdGroup}/namespaces/${shop}/llmproviders`
  const object = {
    apiVersion: 'llmfallback.io/v1alpha1',
    kind: 'LLMProvider',
    metadata: { namespace: shop, name: 'vendor' },
    spec: { dialect: 'OpenAI' },
  }
  await stage.apply(object)
  const evil = { ...object, spec: { dialect: 'OpenAI', endpoint: 'https://evil.example.com' } }
  const manager = '?fieldManager=llm-fallback&force=true'
  assert.equal(await statusOf('POST', path, { ...evil, metadata: { name: 'new' } }), 403)
  assert.equal(await statusOf('PUT', `${path}/vendor`, evil), 403)
  assert.equal(await statusOf('PATCH', `${path}/vendor${manager}`, evil), 403)
  assert.equal(await statusOf('DELETE', `${path}/vendor`), 403)
  const status = { observedGeneration: 1, conditions: [] }
  assert.equal(await statusOf('PATCH', `${path}/vendor/status${manager}`, { ...evil, status }), 200)
  const { spec } = await stage.cluster.adminExpect('GET', `${path}/vendor`)
  assert.deepEqual(spec, { dialect: 'OpenAI' })
})

for (const kind of ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration']) {
  test(`a ${kind} can be made and changed under its own name, and under no other`, async () => {
    const collection = `${webhooks}/${kind.toLowerCase()}s`
    const object = (name: string) => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind,
      metadata: { name },
      webhooks: [],
    })
    const manager = '?fieldManager=llm-fallback&force=true'
    assert.equal(await statusOf('PATCH', `${collection}/llm-fallback${manager}`, object('llm-fallback')), 201)
    assert.equal(await statusOf('PATCH', `${collection}/llm-fallback${manager}`, object('llm-fallback')), 200)
    assert.equal(await statusOf('PATCH', `${collection}/other${manager}`, object('other')), 403)
    assert.equal(await statusOf('POST', collection, object('other')), 403)
    await stage.cluster.adminExpect('POST', collection, object('somebodys'))
    assert.equal(await statusOf('PUT', `${collection}/somebodys`, object('somebodys')), 403)
    assert.equal(await statusOf('DELETE', `${collection}/somebodys`), 403)
    assert.equal(await statusOf('GET', collection), 403)
  })
}

test('of the ConfigMaps of a namespace it can make, read and change the one that says whom to trust, and no other', async () => {
  const collection = `/api/v1/namespaces/${shop}/configmaps`
  const object = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })
  const manager = '?fieldManager=llm-fallback&force=true'
  const own = `${collection}/llm-fallback-ca`
  assert.equal(await statusOf('PATCH', `${own}${manager}`, object('llm-fallback-ca')), 201)
  assert.equal(await statusOf('PATCH', `${own}${manager}`, object('llm-fallback-ca')), 200)
  assert.equal(await statusOf('GET', '/api/v1/configmaps?fieldSelector=metadata.name=llm-fallback-ca'), 200)
  await stage.cluster.adminExpect('POST', collection, object('somebodys'))
  assert.equal(await statusOf('GET', collection), 403)
  assert.equal(await statusOf('GET', '/api/v1/configmaps'), 403)
  assert.equal(await statusOf('GET', `${collection}/somebodys`), 403)
  assert.equal(await statusOf('POST', collection, object('other')), 403)
  assert.equal(await statusOf('PATCH', `${collection}/somebodys${manager}`, object('somebodys')), 403)
  assert.equal(await statusOf('DELETE', own), 403)
})

test('what it does once in a while is allowed: its keys are rotated, a summary is cleared away', async () => {
  const path = `${own}/secrets/llm-fallback-ca`
  const held = await stage.cluster.adminExpect('GET', path)
  assert.equal(await statusOf('PUT', path, { ...held, stringData: { key: 'rotated' } }), 200)
  const summary = { metadata: { name: 'llm-fallback-fleet-gone' } }
  await stage.cluster.adminExpect('POST', `${own}/configmaps`, summary)
  assert.equal(await statusOf('DELETE', `${own}/configmaps/llm-fallback-fleet-gone`), 200)
})

test('the roles of every cluster take in those for people', async () => {
  for (const [name, files] of [
    ['view', ['aggregated-view']],
    ['edit', ['aggregated-view', 'aggregated-edit']],
    ['admin', ['aggregated-view', 'aggregated-edit']],
  ] as const) {
    const role = await stage.cluster.adminExpect('GET', `${rbac}/clusterroles/${name}`)
    const selectors = JSON.stringify(recordOf(role['aggregationRule'])['clusterRoleSelectors'])
    for (const file of files) {
      const wanted = Object.keys(findRole(file).labels).filter(label => selectors.includes(`"${label}"`))
      assert.ok(wanted.length > 0, `${name} takes in ${file}`)
    }
  }
})

test('people write their own policies, never a status and nothing of the cluster', async () => {
  assert.equal(await canI(viewer, `list llmproviders.llmfallback.io -n ${shop}`), 'yes')
  assert.equal(await canI(editor, `create fallbackpolicies.llmfallback.io -n ${shop}`), 'yes')
  const refused: readonly (readonly [ServiceAccountId, string])[] = [
    [viewer, `create fallbackpolicies.llmfallback.io -n ${shop}`],
    [editor, `patch fallbackpolicies.llmfallback.io --subresource=status -n ${shop}`],
    [editor, 'create clusterllmproviders.llmfallback.io'],
    [editor, `create fallbackpolicies.llmfallback.io -n ${vault}`],
    [editor, `get secrets/vendor-keys -n ${shop}`],
  ]
  for (const [who, question] of refused) assert.match(await canI(who, question), /^no\b/, question)
})
