// The operator at work with the roles that the chart ships, and nothing more.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { askChat } from '../support/ask.ts'
import { type Operator, startOperator } from '../support/cluster/start-operator.ts'
import { type PodSidecar, startPodSidecar } from '../support/cluster/start-pod-sidecar.ts'
import { eventually } from '../support/eventually.ts'
import { findRole, permissionsOf } from '../support/operator-roles.ts'
import { recordOf, recordsOf, textOf } from '../support/simulated-vendors/json.ts'
import { startSimulatedOpenAi } from '../support/simulated-vendors/openai-vendor.ts'
import type { SimulatedVendor } from '../support/simulated-vendors/vendor-server.ts'
import { account, crdGroup, type RoleCluster, secret, shop, startRoleCluster, vault } from './sample-roles.ts'

const ownObjects = `/api/v1/namespaces/${account.namespace}`
let stage: RoleCluster
let vendor: SimulatedVendor
let operator: Operator
let sidecar: PodSidecar

before(async () => {
  stage = await startRoleCluster()
  vendor = await startSimulatedOpenAi({ apiKey: 'first-key' })
  const { cluster } = stage
  operator = await startOperator(cluster, {
    kubeconfig: await cluster.kubeconfigFor(account),
    // More than the roles grant: where they end, the operator has to find out by itself.
    environment: { LLM_FALLBACK_CREDENTIAL_NAMESPACES: `${shop},${account.namespace}` },
  })
  const pod = await cluster.createPod({ namespace: shop, name: 'assistant', node: 'node-1' })
  await cluster.setPodRunning(pod)
  const pushUrl = `https://127.0.0.1:${operator.pushPort}`
  sidecar = await startPodSidecar(cluster, { pod, pushUrl, waitFor: 'listening' })
})
after(async () => {
  await sidecar?.stop()
  await operator?.stop()
  await vendor?.close()
  await stage?.stop()
})

function provider(namespace: string, name: string, secretRef: object): object {
  const spec = { dialect: 'OpenAI', endpoint: vendor.baseUrl, credentials: { secretRef } }
  return { apiVersion: 'llmfallback.io/v1alpha1', kind: 'LLMProvider', metadata: { namespace, name }, spec }
}

function policy(providers: readonly string[]): object {
  const chain = providers.map(name => ({
    name: `step-${name}`,
    target: { providerRef: { name }, model: 'gpt-4o' },
  }))
  const metadata = { namespace: shop, name: 'assistant' }
  return {
    apiVersion: 'llmfallback.io/v1alpha1',
    kind: 'FallbackPolicy',
    metadata,
    spec: { routes: [{ name: 'chat', chain }] },
  }
}

/** Waits until a condition has this reason; `path` is that of the object, below the namespaces. */
function reasonBecomes(path: string, type: string, reason: string) {
  return clusterReasonBecomes(`namespaces/${path}`, type, reason)
}

function clusterReasonBecomes(path: string, type: string, reason: string) {
  return eventually(`${path}: ${type} is ${reason}`, async () => {
    const { body } = await stage.cluster.adminRequest('GET', `${crdGroup}/${path}`)
    const conditions = recordsOf(recordOf(body['status'])['conditions'])
    return conditions.some(one => one['type'] === type && one['reason'] === reason) || undefined
  })
}

function servedBy(name: string, withinMs = 10_000) {
  const look = async () => {
    const { status, verdict } = await askChat(sidecar.url, { model: 'gpt-4o' })
    return (status === 200 && verdict.served?.provider === name) || undefined
  }
  return eventually(`${name} serves`, look, withinMs)
}

test('it makes its authority, registers its webhook and takes the lease', async () => {
  const { cluster } = stage
  const authority = await cluster.adminExpect('GET', `${ownObjects}/secrets/llm-fallback-ca`)
  assert.ok(textOf(recordOf(authority['data'])['ca.key']))
  const leases = '/apis/coordination.k8s.io/v1/namespaces'
  const lease = await cluster.adminExpect('GET', `${leases}/${account.namespace}/leases/llm-fallback`)
  assert.ok(textOf(recordOf(lease['spec'])['holderIdentity']))
  const webhooks = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'
  await eventually('the webhook is registered', async () => {
    const { status } = await cluster.adminRequest('GET', `${webhooks}/llm-fallback`)
    return status === 200 || undefined
  })
})

test('a policy with a key from a granted Secret is live, and the status and an event say so', async () => {
  await stage.apply(secret(shop, 'vendor-keys', 'first-key'))
  await stage.apply(provider(shop, 'openai', { name: 'vendor-keys', key: 'key' }))
  await stage.apply(policy(['openai']))
  await servedBy('openai')
  await reasonBecomes(`${shop}/fallbackpolicies/assistant`, 'Programmed', 'Programmed')
  await reasonBecomes(`${shop}/llmproviders/openai`, 'ResolvedRefs', 'ResolvedRefs')
  await eventually('an event', async () => {
    const { stdout } = await stage.cluster.kubectl({}, 'get', 'events', '-n', shop)
    return /Normal +Programmed +fallbackpolicy\/assistant/.test(stdout) || undefined
  })
})

test('the granted Secret is rotated and the next calls carry the new key', async () => {
  vendor.acceptKeys(['first-key', 'second-key'])
  await stage.apply(secret(shop, 'vendor-keys', 'second-key'))
  await eventually('the new key arrives', async () => {
    await servedBy('openai')
    return vendor.asked.at(-1)?.headers['authorization'] === 'Bearer second-key' || undefined
  })
})

test('a Secret that no role grants is RefNotPermitted, wherever it lies, and nothing else breaks', async () => {
  await stage.apply(secret(vault, 'vendor-keys', 'out-of-reach'))
  await stage.apply(secret(shop, 'other-keys', 'out-of-reach'))
  await stage.apply(provider(vault, 'elsewhere', { name: 'vendor-keys', key: 'key' }))
  await stage.apply(provider(shop, 'unnamed', { name: 'other-keys', key: 'key' }))
  await stage.apply(policy(['unnamed', 'openai']))
  await reasonBecomes(`${vault}/llmproviders/elsewhere`, 'ResolvedRefs', 'RefNotPermitted')
  await reasonBecomes(`${shop}/llmproviders/unnamed`, 'ResolvedRefs', 'RefNotPermitted')
  await reasonBecomes(`${shop}/fallbackpolicies/assistant`, 'ResolvedRefs', 'RefNotPermitted')
  await servedBy('openai')
  assert.equal(await operator.isReady(), true)
  assert.ok(vendor.asked.every(({ headers }) => !headers['authorization']?.includes('out-of-reach')))
})

test('a Secret that is granted later is used without a restart', async () => {
  vendor.acceptKeys(['second-key', 'out-of-reach'])
  const { name } = findRole('credential-namespace')
  const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${shop}/roles/${name}`
  const { rules } = findRole('credential-namespace')
  const resourceNames = ['vendor-keys', 'other-keys']
  await stage.cluster.adminExpect('PATCH', path, { rules: rules.map(rule => ({ ...rule, resourceNames })) })
  await servedBy('unnamed', 45_000)
})

test("a provider that names the operator's own keys as its credential does not get them", async () => {
  await stage.apply(provider(account.namespace, 'thief', { name: 'llm-fallback-ca', key: 'ca.key' }))
  await reasonBecomes(`${account.namespace}/llmproviders/thief`, 'ResolvedRefs', 'RefNotPermitted')
})

test('a bad policy is refused by the webhook that it registered', async () => {
  const rules = { constraints: { maxDeadline: '10s' } }
  await stage.apply({
    apiVersion: 'llmfallback.io/v1alpha1',
    kind: 'ClusterFallbackPolicy',
    metadata: { name: 'house-rules' },
    spec: rules,
  })
  await eventually('the constraint binds', async () => {
    const refused = stage.apply({ ...policy(['openai']), metadata: { namespace: shop, name: 'too-slow' } })
    return refused.then(
      () => undefined,
      (error: Error) =>
        error.message.includes('ClusterFallbackPolicy house-rules allows at most 10s') || undefined,
    )
  })
})

test('kinds of the cluster get their status too', async () => {
  const { spec } = recordOf(provider(shop, 'any', { name: 'platform-keys', key: 'key' }))
  await stage.apply({
    apiVersion: 'llmfallback.io/v1alpha1',
    kind: 'ClusterLLMProvider',
    metadata: { name: 'platform' },
    spec,
  })
  await clusterReasonBecomes('clusterllmproviders/platform', 'ResolvedRefs', 'RefNotPermitted')
  await clusterReasonBecomes('clusterfallbackpolicies/house-rules', 'Accepted', 'Accepted')
})

test('a namespace that is opted in learns whom to trust', async () => {
  await stage.cluster.adminExpect('PATCH', `/api/v1/namespaces/${vault}`, {
    metadata: { labels: { 'llmfallback.io/injection': 'enabled' } },
  })
  await eventually('the CA is there', async () => {
    const path = `/api/v1/namespaces/${vault}/configmaps/llm-fallback-ca`
    return (await stage.cluster.adminRequest('GET', path)).status === 200 || undefined
  })
})

test('it is refused nothing but the Secrets that were not granted', async () => {
  const refused = (await stage.audit.requests()).filter(({ status }) => status === 403)
  const described = refused.map(
    ({ verb, resource, namespace, name }) => `${verb} ${resource} ${namespace}/${name}`,
  )
  const expected = [`list secrets ${shop}/other-keys`, `list secrets ${account.namespace}/platform-keys`]
  assert.deepEqual([...new Set(described)].sort(), expected.sort())
})

/** Not used in the first minute of one replica, each with what it is for. */
const usedLater: Readonly<Record<string, string>> = {
  'patch events': 'a repeat is counted after a minute',
  'update secrets llm-fallback-ca': 'the authority is rotated long before its year is over',
  'delete configmaps': 'a replica has been gone for a minute',
}

test('no right to write is granted that it does not use', async () => {
  const requests = await stage.audit.requests()
  const used = new Set(
    requests.flatMap(({ verb, resource, name, status }) => {
      // An apply that makes the object is a creation too.
      const verbs = verb === 'patch' && status === 201 ? ['patch', 'create'] : [verb]
      return verbs.flatMap(one => [`${one} ${resource}`, `${one} ${resource} ${name}`])
    }),
  )
  const granted = ['cluster', 'own-namespace'].flatMap(file => permissionsOf(findRole(file).rules))
  // Whoever may list may as well get and watch: to read is one right.
  const toWrite = granted.filter(
    permission => !/^(get|list|watch) /.test(permission) || permission.includes(' secrets'),
  )
  const unused = toWrite.filter(permission => !used.has(permission) && !(permission in usedLater))
  assert.deepEqual(unused, [])
})
