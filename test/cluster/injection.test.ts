// Injection as a cluster does it: a real API server asks, patches, judges by Pod Security and stores.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { judgePodShape } from '../../operator/injection/judge-pod-shape.ts'
import { type Cluster, startCluster } from '../support/cluster/start-cluster.ts'
import { eventually } from '../support/eventually.ts'
import { injectionSettings } from '../support/injection-kit.ts'
import { recordOf, recordsOf } from '../support/simulated-vendors/json.ts'
import { type RunningAdmission, startAdmission } from './sample-admission.ts'
import { operatorNamespace } from './sample-kube.ts'
import { startNeighbour } from './sample-neighbour.ts'

type Fields = Readonly<Record<string, unknown>>

const optedIn = { 'llmfallback.io/injection': 'enabled' }
const namespaces: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  support: optedIn,
  strict: {
    ...optedIn,
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/enforce-version': 'latest',
  },
  meshed: { ...optedIn, mesh: 'on' },
  quota: optedIn,
  elsewhere: {},
  [operatorNamespace]: optedIn,
}
let cluster: Cluster
let admission: RunningAdmission

before(async () => {
  cluster = await startCluster()
  await cluster.applyCrds()
  for (const [name, labels] of Object.entries(namespaces)) await cluster.createNamespace(name, labels)
  await cluster.createServiceAccount('kube-system', 'default')
  admission = await startAdmission(cluster)
  await eventually('pods are asked about', async () => {
    const { body } = await ask('support', pod(), '?dryRun=All')
    return 'llmfallback.io/injection' in annotationsOf(body) || undefined
  })
})
after(async () => {
  await admission?.stop()
  await cluster?.stop()
})

function pod(metadata: Fields = {}, spec: Fields = {}): Fields {
  return {
    metadata: { generateName: 'app-', ...metadata },
    spec: { containers: [{ name: 'app', image: 'app:1' }], ...spec },
  }
}

function ask(namespace: string, object: Fields, query = '') {
  return cluster.adminRequest('POST', `/api/v1/namespaces/${namespace}/pods${query}`, object)
}

async function create(namespace: string, object: Fields = pod()): Promise<Fields> {
  const { status, text, body } = await ask(namespace, object)
  assert.equal(status, 201, text)
  return body
}

function annotationsOf(object: Fields): Fields {
  return recordOf(recordOf(object['metadata'])['annotations'])
}

function namesOf(object: Fields, list: string): readonly unknown[] {
  return recordsOf(recordOf(object['spec'])[list]).map(({ name }) => name)
}

test('in a namespace that opted in a pod comes back with the sidecar, named or not', async () => {
  for (const object of [pod(), pod({ name: 'named', generateName: '' })]) {
    const created = await create('support', object)
    assert.deepEqual(namesOf(created, 'initContainers'), ['llm-fallback'])
    assert.equal(annotationsOf(created)['llmfallback.io/injection'], 'injected')
  }
})

test('what is stored is what custody takes for sound, with all that Kubernetes itself adds', async () => {
  const created = await create('support')
  const sidecarImage = { kind: 'known', repository: 'registry.example:5000/llm-fallback/sidecar' } as const
  const { audience, operatorUrl } = injectionSettings
  assert.deepEqual(judgePodShape(created, { audience, operatorUrl, sidecarImage }), { kind: 'sound' })
})

test('Pod Security at its strictest and latest accepts it', async () => {
  const securityContext = {
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  }
  const created = await create(
    'strict',
    pod({}, { containers: [{ name: 'app', image: 'app:1', securityContext }] }),
  )
  assert.deepEqual(namesOf(created, 'initContainers'), ['llm-fallback'])
})

test('a quota on everything is no obstacle', async () => {
  await cluster.adminExpect('POST', '/api/v1/namespaces/quota/resourcequotas', {
    metadata: { name: 'all' },
    spec: {
      hard: { 'requests.cpu': '4', 'requests.memory': '4Gi', 'limits.cpu': '4', 'limits.memory': '4Gi' },
    },
  })
  await cluster.adminExpect('PATCH', '/api/v1/namespaces/quota/resourcequotas/all/status', {
    status: {
      hard: { 'requests.cpu': '4', 'requests.memory': '4Gi', 'limits.cpu': '4', 'limits.memory': '4Gi' },
      used: { 'requests.cpu': '0', 'requests.memory': '0', 'limits.cpu': '0', 'limits.memory': '0' },
    },
  })
  const resources = { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } }
  const created = await create('quota', pod({}, { containers: [{ name: 'app', image: 'app:1', resources }] }))
  assert.deepEqual(namesOf(created, 'initContainers'), ['llm-fallback'])
})

test('beside a webhook that adds a container later, that container is given the variables, too', async () => {
  const neighbour = await startNeighbour(cluster)
  try {
    const created = await eventually('the neighbour is asked', async () => {
      const { body } = await ask('meshed', pod())
      return namesOf(body, 'containers').includes('mesh') ? body : undefined
    })
    assert.deepEqual(namesOf(created, 'initContainers'), ['llm-fallback'])
    assert.deepEqual(namesOf(created, 'containers'), ['mesh', 'app'])
    for (const container of recordsOf(recordOf(created['spec'])['containers'])) {
      const values = recordsOf(container['env']).filter(({ name }) => name === 'OPENAI_BASE_URL')
      assert.deepEqual(values, [{ name: 'OPENAI_BASE_URL', value: 'http://127.0.0.1:8787/v1' }])
    }
    const ours = namesOf(created, 'volumes').filter(name => String(name).startsWith('llm-fallback'))
    assert.deepEqual(ours, ['llm-fallback-identity', 'llm-fallback-state'])
    assert.equal(annotationsOf(created)['mesh.example/added'], 'yes')
    assert.equal(annotationsOf(created)['kubectl.kubernetes.io/default-container'], 'app')
  } finally {
    await neighbour.stop()
  }
})

test('a pod that opts out is left alone and says so; one that opts in elsewhere is injected', async () => {
  const out = await create('support', pod({ labels: { 'llmfallback.io/inject': 'false' } }))
  assert.deepEqual(namesOf(out, 'initContainers'), [])
  assert.equal(annotationsOf(out)['llmfallback.io/injection'], 'skipped: OptedOut')
  const alone = await create('elsewhere', pod({ labels: { 'llmfallback.io/inject': 'true' } }))
  assert.deepEqual(namesOf(alone, 'initContainers'), ['llm-fallback'])
  const other = await create('elsewhere')
  assert.deepEqual([namesOf(other, 'initContainers'), annotationsOf(other)], [[], {}])
})

test('pods of kube-system and of the operator are untouched, whatever their labels', async () => {
  await cluster.adminExpect('PATCH', '/api/v1/namespaces/kube-system', { metadata: { labels: optedIn } })
  for (const namespace of ['kube-system', operatorNamespace]) {
    const created = await create(namespace, pod({ labels: { 'llmfallback.io/inject': 'true' } }))
    assert.deepEqual([namesOf(created, 'initContainers'), annotationsOf(created)], [[], {}])
  }
})

test('a key that is left in the app is told to whoever applies the pod, by name and never by value', async () => {
  const env = [{ name: 'OPENAI_API_KEY', value: 'sk-very-secret' }]
  const manifest = {
    apiVersion: 'v1',
    kind: 'Pod',
    ...pod(
      { generateName: '', name: 'keyed', namespace: 'support' },
      { containers: [{ name: 'app', image: 'app:1', env }] },
    ),
  }
  const { code, stderr } = await cluster.kubectl({ input: JSON.stringify(manifest) }, 'apply', '-f', '-')
  assert.equal(code, 0, stderr)
  assert.match(stderr, /Warning: llm-fallback: container app can read provider keys in OPENAI_API_KEY/)
  assert.doesNotMatch(stderr, /very-secret/)
  const stored = await cluster.adminExpect('GET', '/api/v1/namespaces/support/pods/keyed')
  assert.equal(annotationsOf(stored)['llmfallback.io/exposed-keys'], 'app/OPENAI_API_KEY')
})

test('a pod that asks for a token of ours is refused with a sentence', async () => {
  const projected = { sources: [{ serviceAccountToken: { audience: 'llm-fallback', path: 't' } }] }
  const volumeMounts = [{ name: 'mine', mountPath: '/t' }]
  const { status, text } = await ask(
    'support',
    pod(
      {},
      { volumes: [{ name: 'mine', projected }], containers: [{ name: 'app', image: 'a', volumeMounts }] },
    ),
  )
  assert.equal(status, 422)
  assert.match(
    text,
    /container app mounts a token for llm-fallback, which is the sidecar's alone; remove the mount/,
  )
})

test('templates of workloads are stored as they were written: GitOps sees no difference', async () => {
  const labels = { app: 'web' }
  const spec = { selector: { matchLabels: labels }, template: { ...pod({ generateName: '', labels }) } }
  const path = '/apis/apps/v1/namespaces/support/deployments'
  const { spec: stored } = await cluster.adminExpect('POST', path, { metadata: { name: 'web' }, spec })
  const template = recordOf(recordOf(stored)['template'])
  assert.deepEqual([namesOf(template, 'initContainers'), annotationsOf(template)], [[], {}])
})

test('with the operator gone pods elsewhere are made, those that opted out too, and the others wait', async () => {
  await admission.stop()
  await create('elsewhere')
  await create('elsewhere', pod({ labels: { 'llmfallback.io/inject': 'true' } }))
  await create('kube-system')
  await create(operatorNamespace)
  await create('support', pod({ labels: { 'llmfallback.io/inject': 'false' } }))
  const { status, text } = await ask('support', pod())
  assert.equal(status, 500)
  assert.match(text, /failed calling webhook \\"inject\.llmfallback\.io\\"/)
})
