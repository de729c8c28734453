// Workloads of every kind, made by Kubernetes' own controllers, and pods that hardly anybody writes.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { judgePodShape } from '../../operator/injection/judge-pod-shape.ts'
import { type Cluster, startCluster } from '../support/cluster/start-cluster.ts'
import { eventually } from '../support/eventually.ts'
import { injectionSettings } from '../support/injection-kit.ts'
import { recordOf, recordsOf, textOf } from '../support/simulated-vendors/json.ts'
import { type RunningAdmission, startAdmission } from './sample-admission.ts'
import { operatorNamespace } from './sample-kube.ts'
import { startNeighbour } from './sample-neighbour.ts'

type Fields = Readonly<Record<string, unknown>>

const optedIn = { 'llmfallback.io/injection': 'enabled' }
const app = { name: 'app', image: 'app:1' }
let cluster: Cluster
let admission: RunningAdmission

before(async () => {
  cluster = await startCluster({ controllerManager: 'running' })
  await cluster.applyCrds()
  await cluster.createNamespace(operatorNamespace)
  await cluster.createNamespace('support', optedIn)
  await cluster.createNamespace('meshed', { ...optedIn, mesh: 'on' })
  admission = await startAdmission(cluster)
  await eventually('pods are asked about', async () => {
    const { body } = await ask({ containers: [app] }, '?dryRun=All')
    return 'llmfallback.io/injection' in annotationsOf(body) || undefined
  })
})
after(async () => {
  await admission?.stop()
  await cluster?.stop()
})

function ask(spec: Fields, query = '') {
  const metadata = { generateName: 'odd-' }
  return cluster.adminRequest('POST', `/api/v1/namespaces/support/pods${query}`, { metadata, spec })
}

async function create(spec: Fields): Promise<Fields> {
  const { status, text, body } = await ask(spec)
  assert.equal(status, 201, text)
  return body
}

function annotationsOf(object: Fields): Fields {
  return recordOf(recordOf(object['metadata'])['annotations'])
}

const specOf = (pod: Fields) => recordOf(pod['spec'])
const initNamesOf = (pod: Fields) => recordsOf(specOf(pod)['initContainers']).map(({ name }) => name)

function assertSound(pod: Fields): void {
  const { audience, operatorUrl } = injectionSettings
  const sidecarImage = { kind: 'known', repository: 'registry.example:5000/llm-fallback/sidecar' } as const
  assert.deepEqual(judgePodShape(pod, { audience, operatorUrl, sidecarImage }), { kind: 'sound' })
}

/** The first pod that a workload has made. */
function podOf(owner: string): Promise<Fields> {
  return eventually(`${owner} has a pod`, async () => {
    const { items } = await cluster.adminExpect('GET', '/api/v1/namespaces/support/pods')
    return recordsOf(items).find(({ metadata }) =>
      recordsOf(recordOf(metadata)['ownerReferences']).some(({ kind }) => kind === owner),
    )
  })
}

const labels = { app: 'web' }
const template = (spec: Fields = {}) => ({ metadata: { labels }, spec: { containers: [app], ...spec } })
const onceOnly = template({ restartPolicy: 'Never', activeDeadlineSeconds: 60 })
const workloads: readonly (readonly [string, string, string, Fields])[] = [
  ['Deployment', 'ReplicaSet', 'apps/v1', { selector: { matchLabels: labels }, template: template() }],
  [
    'StatefulSet',
    'StatefulSet',
    'apps/v1',
    { serviceName: 'web', selector: { matchLabels: labels }, template: template() },
  ],
  ['DaemonSet', 'DaemonSet', 'apps/v1', { selector: { matchLabels: labels }, template: template() }],
  ['Job', 'Job', 'batch/v1', { template: onceOnly }],
]
for (const [kind, owner, apiVersion, spec] of workloads) {
  test(`the pod of a ${kind} has the sidecar, and its template has not`, async () => {
    // A DaemonSet makes its pods for nodes.
    if (kind === 'DaemonSet')
      await cluster.adminExpect('POST', '/api/v1/nodes', { metadata: { name: 'node-1' } })
    const path = `/apis/${apiVersion}/namespaces/support/${kind.toLowerCase()}s`
    await cluster.adminExpect('POST', path, { metadata: { name: 'web' }, spec })
    const pod = await podOf(owner)
    assert.deepEqual(initNamesOf(pod), ['llm-fallback'])
    assertSound(pod)
    const stored = await cluster.adminExpect('GET', `${path}/web`)
    const storedTemplate = recordOf(recordOf(stored['spec'])['template'])
    assert.deepEqual([initNamesOf(storedTemplate), annotationsOf(storedTemplate)], [[], {}])
    await cluster.adminExpect('DELETE', `${path}/web`)
  })
}

test('so has the pod of a Job that a CronJob makes, with its restart policy as it was', async () => {
  const path = '/apis/batch/v1/namespaces/support/cronjobs'
  const jobTemplate = { spec: { template: template({ restartPolicy: 'OnFailure' }) } }
  await cluster.adminExpect('POST', path, {
    metadata: { name: 'nightly' },
    spec: { schedule: '0 0 29 2 *', jobTemplate },
  })
  const by = ['create', 'job', 'now', '--from=cronjob/nightly', '--namespace=support']
  const { code, stderr } = await cluster.kubectl({}, ...by)
  assert.equal(code, 0, stderr)
  const pod = await eventually('it has a pod', async () => {
    const { items } = await cluster.adminExpect(
      'GET',
      '/api/v1/namespaces/support/pods?labelSelector=job-name=now',
    )
    return recordsOf(items)[0]
  })
  assert.equal(specOf(pod)['restartPolicy'], 'OnFailure')
  assert.deepEqual(initNamesOf(pod), ['llm-fallback'])
  assertSound(pod)
})

const odd: Readonly<Record<string, Fields>> = {
  'has null in place of lists': {
    initContainers: null,
    volumes: null,
    containers: [{ ...app, env: null, envFrom: null, ports: null, securityContext: null }],
  },
  'wants no token and no service links, and no time to end': {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 0,
    containers: [app],
  },
  'has users of its own': { hostUsers: false, containers: [app] },
  'says what all containers need, which is less than the sidecar does': {
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
    containers: [app],
  },
  'names its port as we do': {
    containers: [{ ...app, ports: [{ name: 'llm-fallback', containerPort: 80 }] }],
  },
  'has our settings from a ConfigMap': {
    containers: [{ ...app, envFrom: [{ prefix: 'LLM_FALLBACK_', configMapRef: { name: 'mine' } }] }],
  },
  'does not say which name servers the cluster has': {
    dnsPolicy: 'None',
    dnsConfig: { nameservers: ['192.0.2.53'], searches: ['example'] },
    containers: [app],
  },
}
for (const [what, spec] of Object.entries(odd)) {
  test(`a pod that ${what} is injected, and sound`, async () => {
    const pod = await create(spec)
    assert.deepEqual(initNamesOf(pod), ['llm-fallback'])
    assertSound(pod)
  })
}

test('beside sidecars of others ours starts first, and they keep their order', async () => {
  const others = [
    { name: 'vault', image: 'vault:1' },
    { name: 'mesh', image: 'mesh:1', restartPolicy: 'Always' },
    { name: 'migrate', image: 'migrate:1' },
  ]
  const pod = await create({ initContainers: others, containers: [app] })
  assert.deepEqual(initNamesOf(pod), ['llm-fallback', 'vault', 'mesh', 'migrate'])
})

test('a pod of a megabyte is answered within the time that the API server gives', async () => {
  const env = Array.from({ length: 200 }, (_, index) => ({
    name: `VARIABLE_${index}`,
    value: 'x'.repeat(60),
  }))
  const containers = Array.from({ length: 60 }, (_, index) => ({ name: `app-${index}`, image: 'app:1', env }))
  const startedAt = performance.now()
  const pod = await create({ containers })
  assert.ok(performance.now() - startedAt < 5_000)
  for (const container of recordsOf(specOf(pod)['containers'])) {
    assert.ok(recordsOf(container['env']).some(({ name }) => name === 'OPENAI_BASE_URL'))
  }
})

test('a webhook that puts variables and containers before ours changes neither ours nor what it stands for', async () => {
  const neighbour = await startNeighbour(cluster, {
    isDone: pod => JSON.stringify(pod).includes('"MESH"'),
    patch: [
      { op: 'add', path: '/spec/initContainers/0', value: { name: 'first', image: 'first:1' } },
      { op: 'add', path: '/spec/initContainers/1/env/0', value: { name: 'MESH', value: 'on' } },
      { op: 'add', path: '/spec/containers/0/env/0', value: { name: 'MESH', value: 'on' } },
    ],
  })
  try {
    const pod = await eventually('the neighbour is asked', async () => {
      const object = { metadata: { generateName: 'odd-' }, spec: { containers: [app] } }
      const { body } = await cluster.adminRequest('POST', '/api/v1/namespaces/meshed/pods', object)
      return initNamesOf(body).includes('first') ? body : undefined
    })
    assert.deepEqual(initNamesOf(pod), ['first', 'llm-fallback'])
    assertSound(pod)
    for (const container of [
      ...recordsOf(specOf(pod)['containers']),
      ...recordsOf(specOf(pod)['initContainers']),
    ]) {
      const names = recordsOf(container['env']).map(({ name }) => textOf(name))
      assert.equal(names.length, new Set(names).size, `${container['name']} has each variable once`)
      assert.equal(names.includes('OPENAI_BASE_URL'), container['name'] !== 'llm-fallback')
    }
  } finally {
    await neighbour.stop()
  }
})

test('a question that is only a try leaves nothing behind', async () => {
  const count = async () =>
    recordsOf((await cluster.adminExpect('GET', '/api/v1/namespaces/support/pods'))['items']).length
  const before = await count()
  const { body } = await ask({ containers: [app] }, '?dryRun=All')
  assert.deepEqual(initNamesOf(body), ['llm-fallback'])
  assert.equal(await count(), before)
})

test('a pod that is changed later is not asked about again', async () => {
  const pod = await create({ containers: [app] })
  const name = textOf(recordOf(pod['metadata'])['name']) ?? ''
  const reviewed = () => admission.events.filter(kind => kind === 'podReviewed').length
  const before = reviewed()
  const changes = {
    metadata: { labels: { tier: 'gold' } },
    spec: { containers: [{ name: 'app', image: 'app:2' }] },
  }
  const options = { contentType: 'application/strategic-merge-patch+json' }
  await cluster.adminExpect('PATCH', `/api/v1/namespaces/support/pods/${name}`, changes, options)
  assert.equal(reviewed(), before)
})
