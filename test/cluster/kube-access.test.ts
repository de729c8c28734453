// What the operator asks of a real API server and writes to it: status, events, tokens, Secrets, Lease, its own objects.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { systemClock } from '../../operator/clock.ts'
import { createApiClient } from '../../operator/kube/api-client.ts'
import type { Kube } from '../../operator/kube/create-kube.ts'
import { createConnectionSource } from '../../operator/kube/kube-connection.ts'
import { type Cluster, startCluster } from '../support/cluster/start-cluster.ts'
import { eventually } from '../support/eventually.ts'
import { audience, openKube, operatorNamespace } from './sample-kube.ts'

let cluster: Cluster
let kube: Kube
const opened: Kube[] = []

function open(identity: string, kubeconfig = cluster.kubeconfig): Kube {
  const kube = openKube(kubeconfig, identity)
  opened.push(kube)
  return kube
}

before(async () => {
  cluster = await startCluster()
  await cluster.applyCrds()
  for (const name of [operatorNamespace, 'shop', 'keys']) await cluster.createNamespace(name, { team: name })
  kube = open('first')
  kube.start()
  await kube.synced(AbortSignal.timeout(20_000))
})
after(async () => {
  await Promise.all(opened.map(one => one.stop()))
  await cluster?.stop()
})

async function writeSecret(name: string, value: string): Promise<void> {
  const object = { metadata: { name }, stringData: { key: value } }
  const done = await cluster.kubectl(
    { input: JSON.stringify({ apiVersion: 'v1', kind: 'Secret', ...object }) },
    ...['apply', '-n', 'keys', '-f', '-'],
  )
  assert.equal(done.code, 0, done.stderr)
}

const provider = {
  apiVersion: 'llmfallback.io/v1alpha1',
  kind: 'LLMProvider',
  metadata: { name: 'vendor', namespace: 'shop', annotations: { owner: 'platform' } },
  spec: { dialect: 'OpenAI' },
}

test('a status is applied to the object it was made for and to no namesake', async () => {
  await cluster.kubectl({ input: JSON.stringify(provider) }, 'apply', '-f', '-')
  const stored = await eventually('it is seen', () => kube.readers.providers.find('shop', 'vendor'), 20_000)
  const condition = {
    type: 'ResolvedRefs',
    status: 'True',
    reason: 'ResolvedRefs',
    message: 'All references are resolved.',
    observedGeneration: 1,
    lastTransitionTime: '2026-01-01T00:00:00Z',
  } as const
  const status = { observedGeneration: 1, conditions: [condition] }
  await kube.status.apply(stored, stored.uid, status)
  const shown = await eventually('the reader sees it', () => {
    const now = kube.readers.providers.find('shop', 'vendor')
    return JSON.stringify(now?.status)?.includes('ResolvedRefs') ? now : undefined
  })
  assert.equal(shown.generation, 1)
  await assert.rejects(kube.status.apply(stored, '11111111-2222-3333-4444-555555555555', status), {
    name: 'ApiError',
    status: 409,
  })
  const stale = {
    apiVersion: provider.apiVersion,
    kind: 'LLMProvider',
    metadata: { name: 'vendor', resourceVersion: '1' },
    status,
  }
  await assert.rejects(
    kube.objects.apply('/apis/llmfallback.io/v1alpha1/namespaces/shop/llmproviders/vendor/status', stale),
    { status: 409 },
  )
  await assert.rejects(kube.status.apply({ ...stored, name: 'nobody' }, stored.uid, status), { status: 404 })
})

test('events are written about objects of namespaces and of the cluster', async () => {
  const stored = await eventually('it is seen', () => kube.readers.providers.find('shop', 'vendor'), 20_000)
  const event = { type: 'Warning', reason: 'SecretNotFound', message: 'Secret "x" is missing.' } as const
  kube.events.record(stored, event)
  kube.events.record({ kind: 'ClusterLLMProvider', namespace: '', name: 'all', uid: 'u-1' }, event)
  for (const namespace of ['shop', 'default']) {
    await eventually(`an event in ${namespace}`, async () => {
      const { stdout } = await cluster.kubectl({}, 'get', 'events', '-n', namespace)
      return /Warning\s+SecretNotFound/.test(stdout) || undefined
    })
  }
})

test('a token is known by its pod only when it was made for us and for a pod that lives', async () => {
  const pod = await cluster.createPod({ namespace: 'shop', name: 'known' })
  const account = { namespace: 'shop', name: 'default' }
  const verdict = await kube.tokens.review(await cluster.tokenFor(account, { audience, pod }))
  assert.equal(verdict.kind, 'authenticated')
  const { expiresAt, ...identity } = verdict
  assert.deepEqual(identity, {
    kind: 'authenticated',
    namespace: 'shop',
    serviceAccount: 'default',
    pod: 'known',
    podUid: pod.uid,
  })
  assert.ok(expiresAt > Date.now() + 500_000 && expiresAt < Date.now() + 700_000)
  const refusedOf = async (token: string) => (await kube.tokens.review(token)).kind
  assert.equal(await refusedOf(await cluster.tokenFor(account, { audience: 'another', pod })), 'refused')
  assert.equal(await refusedOf(await cluster.tokenFor(account, { audience })), 'refused')
  assert.equal(await refusedOf(await cluster.tokenFor(account, { audience, pod, seconds: -5 })), 'refused')
  const gone = await cluster.createPod({ namespace: 'shop', name: 'gone' })
  const itsToken = await cluster.tokenFor(account, { audience, pod: gone })
  await cluster.deletePod(gone)
  assert.equal(await refusedOf(itsToken), 'refused')
})

test('a Secret is followed through its life where that is granted, and never asked for elsewhere', async () => {
  const id = 'keys/vendor/key'
  kube.secrets.watch(new Set([id, 'shop/vendor/key']))
  assert.deepEqual(kube.secrets.find('shop/vendor/key'), { kind: 'RefNotPermitted' })
  const stateIs = (kind: string) =>
    eventually(`it is ${kind}`, () => (kube.secrets.find(id).kind === kind ? true : undefined))
  await stateIs('SecretNotFound')
  await writeSecret('vendor', 'first-value')
  await stateIs('found')
  assert.deepEqual(kube.secrets.find('keys/vendor/other'), { kind: 'SecretKeyMissing' })
  await writeSecret('vendor', 'second-value')
  await eventually('the new value', () => {
    const now = kube.secrets.find(id)
    return (now.kind === 'found' && now.value === 'second-value') || undefined
  })
  await cluster.kubectl({}, 'delete', 'secret', 'vendor', '-n', 'keys')
  await stateIs('SecretNotFound')
})

test('a role that grants one Secret by name is enough to follow it, and the lack of one is told', async () => {
  const account = { namespace: operatorNamespace, name: 'narrow' }
  await cluster.createServiceAccount(account.namespace, account.name)
  const rules = [
    { apiGroups: [''], resources: ['secrets'], resourceNames: ['granted'], verbs: ['get', 'list', 'watch'] },
  ]
  await cluster.adminExpect('POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/keys/roles', {
    metadata: { name: 'granted' },
    rules,
  })
  await cluster.adminExpect('POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/keys/rolebindings', {
    metadata: { name: 'granted' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'granted' },
    subjects: [{ kind: 'ServiceAccount', ...account }],
  })
  await writeSecret('granted', 'open')
  await writeSecret('withheld', 'closed')
  const narrow = open('narrow', await cluster.kubeconfigFor(account))
  narrow.secrets.watch(new Set(['keys/granted/key', 'keys/withheld/key']))
  await eventually(
    'the granted one',
    () => narrow.secrets.find('keys/granted/key').kind === 'found' || undefined,
  )
  await eventually(
    'the withheld one',
    () => narrow.secrets.find('keys/withheld/key').kind === 'RefNotPermitted' || undefined,
  )
})

test('of two replicas one leads, and the other follows on once it is told to', async () => {
  const [one, other] = [open('one'), open('other')]
  one.lease.start()
  await eventually('one leads', () => one.lease.isLeader() || undefined)
  other.lease.start()
  await new Promise(resolve => setTimeout(resolve, 3_000))
  assert.equal(other.lease.isLeader(), false)
  await one.stop()
  assert.equal(one.lease.isLeader(), false)
  await eventually('the other leads', () => other.lease.isLeader() || undefined, 8_000)
})

test('objects are created once, replaced when nobody was quicker and removed in peace', async () => {
  const collection = `/api/v1/namespaces/${operatorNamespace}/configmaps`
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'own' }, data: { a: '1' } }
  assert.equal(await kube.objects.create(collection, object), 'created')
  assert.equal(await kube.objects.create(collection, object), 'exists')
  const path = `${collection}/own`
  const read = await kube.objects.read(path)
  assert.equal(await kube.objects.replace(path, { ...object, ...Object(read), data: { a: '2' } }), 'replaced')
  assert.equal(await kube.objects.replace(path, { ...object, ...Object(read), data: { a: '3' } }), 'conflict')
  await kube.objects.apply(path, { ...object, data: { b: '4' } })
  await kube.objects.remove(path)
  await kube.objects.remove(path)
  assert.equal(await kube.objects.read(path), undefined)
  assert.equal(await kube.objects.replace(path, object), 'gone')
})

test('a refusal says what was asked, and nothing of what a Secret holds', async () => {
  const client = createApiClient(createConnectionSource(cluster.kubeconfig, systemClock), systemClock)
  const body = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'x' },
    data: { key: 'not-base64-canary!' },
  }
  const sent = client.send({ method: 'POST', path: '/api/v1/namespaces/keys/secrets', body })
  await assert.rejects(sent, (error: Error) => {
    assert.match(error.message, /^POST \/api\/v1\/namespaces\/keys\/secrets: the API server answered 4\d\d/)
    assert.doesNotMatch(error.message, /canary/)
    return true
  })
  await client.close()
})
