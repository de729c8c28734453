// Keys of providers: they reach the vendor through the pods that may use them, and are found nowhere else.
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { SampleStream, SampleTarget } from '../../operator/push/sample-sidecar.ts'
import { askChat, type WireAnswer } from '../support/ask.ts'
import { operatorNamespace } from '../support/cluster/operator-service.ts'
import type { Cluster, Pod } from '../support/cluster/start-cluster.ts'
import type { Operator } from '../support/cluster/start-operator.ts'
import { type PodSidecar, startPodSidecar } from '../support/cluster/start-pod-sidecar.ts'
import { eventually } from '../support/eventually.ts'
import { recordOf, recordsOf, textOf } from '../support/simulated-vendors/json.ts'
import { startSimulatedOpenAi } from '../support/simulated-vendors/openai-vendor.ts'
import type { SimulatedVendor } from '../support/simulated-vendors/vendor-server.ts'
import { policy, provider, secret } from './sample-credentials.ts'
import {
  apply,
  namespace,
  openPatiently,
  openPushWorld,
  type PushWorld,
  runPod,
  targetOf,
  tokenOf,
} from './sample-push.ts'

const keys = {
  own: 'canary-own-4f1d',
  rotated: 'canary-rotated-77b2',
  platform: 'canary-platform-91c0',
  foreign: 'canary-foreign-e6a3',
} as const

let world: PushWorld
let cluster: Cluster
let operator: Operator
let target: SampleTarget
let vendor: SimulatedVendor

before(async () => {
  vendor = await startSimulatedOpenAi({ apiKey: keys.own })
  const granted = `${namespace},${operatorNamespace}`
  world = await openPushWorld(1, {
    LLM_FALLBACK_CREDENTIAL_NAMESPACES: granted,
    LLM_FALLBACK_LOG_LEVEL: 'debug',
  })
  cluster = world.cluster
  await cluster.createNamespace('vault')
  const [first] = world.service.operators()
  assert.ok(first !== undefined)
  operator = first
  target = await targetOf(cluster, operator)
})
after(async () => {
  await world?.close()
  await vendor?.close()
})

/** Of the simulated vendor. */
function vendorProvider(where: string, name: string, more: object = {}): object {
  return provider(where, name, { endpoint: vendor.baseUrl, ...more })
}

/** The values that the latest line of credentials on this stream holds. */
function pushedKeys(stream: SampleStream): readonly string[] | undefined {
  const last = stream.frames.filter(frame => frame.kind === 'credentials').at(-1)
  return last?.kind === 'credentials' ? last.secrets.map(({ value }) => value) : undefined
}

/** Reason of a condition of an object of ours; `where` empty for cluster kinds. */
async function reasonOf(where: string, plural: string, name: string): Promise<string | undefined> {
  const scope = where === '' ? '' : `/namespaces/${where}`
  const { status } = await cluster.adminExpect(
    'GET',
    `/apis/llmfallback.io/v1alpha1${scope}/${plural}/${name}`,
  )
  const conditions = recordsOf(recordOf(status)['conditions'])
  return textOf(conditions.find(({ type }) => type === 'ResolvedRefs')?.['reason'])
}

/** Everything that the operator writes into the cluster, Secrets and tokens left out. */
async function readCluster(): Promise<string> {
  const kinds =
    'fbp,llmp,cllmp,cfbp,events,events.events.k8s.io,configmaps,leases,pods,validatingwebhookconfigurations'
  const { stdout, code, stderr } = await cluster.kubectl(
    {},
    'get',
    kinds,
    '-A',
    '-o',
    'json',
    '--show-managed-fields',
  )
  assert.equal(code, 0, stderr)
  return stdout
}

async function readPage(url: string): Promise<string> {
  return (await fetch(url)).text()
}

/** By name, wherever a key could have been left behind. */
async function readPlaces(sidecar: PodSidecar): Promise<Readonly<Record<string, string>>> {
  const folder = join(cluster.folder, 'pods', sidecar.pod.uid, 'state')
  const files = await Promise.all((await readdir(folder)).map(name => readFile(join(folder, name), 'utf8')))
  return {
    'the log of the operator': JSON.stringify(operator.logLines()) + operator.stderr(),
    'the metrics of the operator': await operator.metrics(),
    '/fleet': await readPage(`${operator.adminUrl}/fleet`),
    'the log of the sidecar': sidecar.stdout() + sidecar.stderr(),
    '/debug/policy': await readPage(`${sidecar.adminUrl}/debug/policy`),
    '/debug/breakers': await readPage(`${sidecar.adminUrl}/debug/breakers`),
    'the metrics of the sidecar': await readPage(`${sidecar.adminUrl}/metrics`),
    'the kept snapshot': files.join('\n'),
    'the cluster': await readCluster(),
  }
}

function tellAnswer({ text, headers }: WireAnswer): string {
  return text + JSON.stringify([...headers])
}

function readSidecarToken({ uid }: Pod): Promise<string> {
  return readFile(join(cluster.folder, 'pods', uid, 'token'), 'utf8')
}

async function readOperatorToken(): Promise<string> {
  const [user] = recordsOf(recordOf(JSON.parse(await readFile(cluster.kubeconfig, 'utf8')))['users'])
  const token = textOf(recordOf(user?.['user'])['token'])
  assert.ok(token !== undefined)
  return token
}

test('a key, before and after its rotation, is found nowhere but at the vendor', async () => {
  await apply(
    cluster,
    secret(namespace, 'own', keys.own),
    vendorProvider(namespace, 'own'),
    policy(namespace, 'own', { name: 'own' }),
  )
  const pod = await runPod(cluster, 'user', { app: 'own' })
  const sidecar = await startPodSidecar(cluster, {
    pod,
    pushUrl: world.service.pushUrl,
    environment: { LLM_FALLBACK_LOG_LEVEL: 'debug', LLM_FALLBACK_AUDIT: 'stdout' },
  })
  assert.equal((await askChat(sidecar.url, { model: 'gpt-4o' })).verdict.served?.step, 'vendor')
  vendor.acceptKeys([keys.rotated])
  await apply(cluster, secret(namespace, 'own', keys.rotated))
  await eventually('the new key serves', async () => {
    const { verdict } = await askChat(sidecar.url, { model: 'gpt-4o' })
    return verdict.served?.step === 'vendor' || undefined
  })
  vendor.acceptKeys(['none of them'])
  const refused = await askChat(sidecar.url, { model: 'gpt-4o' })
  const secrets = [keys.own, keys.rotated, await readSidecarToken(pod), await readOperatorToken()]
  const places = { ...(await readPlaces(sidecar)), 'the answer to the caller': tellAnswer(refused) }
  for (const [place, text] of Object.entries(places)) {
    assert.ok(text.length > 0, `${place} has been read`)
    for (const secret of secrets) {
      for (const form of [secret, Buffer.from(secret).toString('base64').replace(/=+$/, '')]) {
        assert.ok(!text.includes(form), `${place} holds ${form.slice(0, 16)}…`)
      }
    }
  }
  await sidecar.stop()
})

test('no name or key of a Secret leads out of the namespace of its provider', async () => {
  await apply(cluster, secret('vault', 'safe', keys.foreign))
  const references = [
    { name: 'vault/safe', key: 'key' },
    { name: '../vault/safe', key: 'key' },
    { name: '..%2fvault%2fsafe', key: 'key' },
    { name: 'safe', key: '../../vault/safe/key' },
    { name: 'safe', key: 'key', namespace: 'vault' },
    { name: 'x,metadata.namespace=vault', key: 'key' },
  ]
  for (const secretRef of references) {
    const object = vendorProvider(namespace, 'escape', { credentials: { secretRef } })
    const { code, stderr } = await cluster.kubectl({ input: JSON.stringify(object) }, 'apply', '-f', '-')
    assert.notEqual(code, 0, JSON.stringify(secretRef))
    assert.match(stderr, /secretRef/)
  }
  await apply(cluster, vendorProvider(namespace, 'safe'), policy(namespace, 'safe', { name: 'safe' }))
  const pod = await runPod(cluster, 'escapee', { app: 'safe' })
  const stream = await openPatiently(target, await tokenOf(cluster, pod))
  await stream.until('its snapshot', () => stream.snapshots().length === 1)
  assert.deepEqual(pushedKeys(stream), [])
  await eventually(
    'the provider says why',
    async () => (await reasonOf(namespace, 'llmproviders', 'safe')) === 'SecretNotFound' || undefined,
  )
  stream.hangUp()
})

test('a Secret of a namespace that was not granted is never used, not even by its neighbours', async () => {
  await apply(cluster, vendorProvider('vault', 'safe'), policy('vault', 'safe', { name: 'safe' }))
  const pod = await cluster.createPod({
    namespace: 'vault',
    name: 'insider',
    labels: { app: 'safe' },
    node: 'node-1',
  })
  const stream = await openPatiently(target, await tokenOf(cluster, pod))
  await stream.until('its snapshot', () => stream.snapshots().length >= 1)
  assert.deepEqual(pushedKeys(stream), [])
  await eventually(
    'the provider says why',
    async () => (await reasonOf('vault', 'llmproviders', 'safe')) === 'RefNotPermitted' || undefined,
  )
  stream.hangUp()
})

test('the key of a cluster provider reaches a namespace only while the provider lets it in', async () => {
  await apply(
    cluster,
    secret(operatorNamespace, 'platform', keys.platform),
    // A namesake of the tenant's: the key of a cluster provider is never looked for there.
    secret(namespace, 'platform', keys.foreign),
    vendorProvider('', 'platform', {
      allowedNamespaces: { from: 'Selector', selector: { matchLabels: { tier: 'trusted' } } },
    }),
    policy(namespace, 'platform', { kind: 'ClusterLLMProvider', name: 'platform' }),
  )
  const pod = await runPod(cluster, 'tenant', { app: 'platform' })
  const stream = await openPatiently(target, await tokenOf(cluster, pod))
  const holds = (values: readonly string[]) => JSON.stringify(pushedKeys(stream)) === JSON.stringify(values)
  const relabel = (tier: string | null) =>
    cluster.adminExpect('PATCH', `/api/v1/namespaces/${namespace}`, { metadata: { labels: { tier } } })
  await stream.until('its snapshot', () => stream.snapshots().length >= 1)
  assert.deepEqual(pushedKeys(stream), [])
  await eventually(
    'the policy says why',
    async () =>
      (await reasonOf(namespace, 'fallbackpolicies', 'platform')) === 'RefNotPermitted' || undefined,
  )
  await relabel('trusted')
  await stream.until('the key', () => holds([keys.platform]))
  await relabel(null)
  await stream.until('the withdrawal of the key', () => holds([]))
  await relabel('trusted')
  await stream.until('the key again', () => holds([keys.platform]))
  await cluster.kubectl({}, 'delete', 'secret', 'platform', '-n', operatorNamespace)
  await stream.until('the end of the key with its Secret', () => holds([]))
  assert.ok(!JSON.stringify(stream.frames).includes(keys.foreign))
  stream.hangUp()
})
