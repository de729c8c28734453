// A real API server takes every object of the charts, strictly, and Pod Security lets their pods in.
import assert from 'node:assert/strict'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { parse } from 'yaml'
import { renderInstallManifest } from '../../build/install-manifest/render-install-manifest.ts'
import { repositoryRoot } from '../support/child-process.ts'
import { type Cluster, startCluster } from '../support/cluster/start-cluster.ts'
import { eventually } from '../support/eventually.ts'
import { type JsonRecord, recordOf, recordsOf, textOf } from '../support/simulated-vendors/json.ts'
import {
  at,
  chart,
  crdsChart,
  find,
  helm,
  namespace,
  podOf,
  type Rendering,
  render,
  titleOf,
} from './sample-charts.ts'

const testNamespace = 'llm-fallback-test'
let cluster: Cluster

before(async () => {
  cluster = await startCluster()
  await apply(await render({ chart: crdsChart }))
  const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' }
  await cluster.createNamespace(namespace, restricted)
  await cluster.createNamespace('llm-keys')
  await eventually('the definitions are served', async () => {
    const { status } = await cluster.adminRequest('GET', '/apis/llmfallback.io/v1alpha1/fallbackpolicies')
    return status === 200 || undefined
  })
})
after(() => cluster?.stop())

async function apply(objects: readonly JsonRecord[], ...flags: readonly string[]): Promise<string> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })
  const parameters = ['apply', '--server-side', '--validate=strict', ...flags, '-f', '-']
  const { code, stdout, stderr } = await cluster.kubectl({ input }, ...parameters)
  assert.equal(code, 0, stderr)
  return stdout
}

const everything = {
  credentialNamespaces: ['llm-keys', { namespace, secrets: ['platform'] }],
  networkPolicy: { enabled: true, adminFrom: [{ namespaceSelector: {} }] },
  priorityClass: { create: true },
  imagePullSecrets: ['registry'],
  tolerations: [{ key: 'platform', operator: 'Exists' }],
  commonLabels: { team: 'platform' },
  commonAnnotations: { contact: 'platform' },
  listenAddress: '::',
}

const renderings: Readonly<Record<string, Rendering>> = {
  'the defaults': {},
  'the profile for many replicas': { profile: 'values-ha.yaml' },
  'the profile for a laptop': { profile: 'values-dev.yaml' },
  'every value at once': { values: everything },
  'the network of the nodes': { values: { hostNetwork: true, ports: { webhook: 10250 } } },
  'a cluster that chooses users': { values: { runAsUser: null } },
}

for (const [name, rendering] of Object.entries(renderings)) {
  test(`${name}: every object is taken`, async () => {
    const objects = await render(rendering)
    const taken = await apply(objects, '--dry-run=server')
    assert.equal(taken.trim().split('\n').length, objects.length)
  })
}

test('Pod Security restricted lets the pods of the operator in, and not those on the network of their node', async () => {
  const account = find(await render(), 'ServiceAccount')
  await apply([account])
  const createWith = async (values: object) => {
    const spec = podOf(await render({ values }))
    return cluster.adminRequest('POST', `/api/v1/namespaces/${namespace}/pods`, {
      metadata: { generateName: 'operator-' },
      spec,
    })
  }
  assert.equal((await createWith({})).status, 201)
  assert.equal((await createWith({ runAsUser: null })).status, 201)
  const { status, body } = await createWith({ hostNetwork: true })
  assert.equal(status, 403)
  assert.match(textOf(body['message']) ?? '', /violates PodSecurity "restricted:latest": host namespaces/)
})

test('what helm test applies is taken, restricted namespace and policy included', async () => {
  const ours = (object: JsonRecord) =>
    at(object, 'metadata.namespace') === testNamespace || object['kind'] === 'Namespace'
  // The second one of the namespace comes at the end, to clear away.
  const isLast = (object: JsonRecord) =>
    recordOf(at(object, 'metadata.annotations'))['helm.sh/hook-weight'] === '1'
  const objects = (await render({ tests: 'shown' })).filter(ours).filter(object => !isLast(object))
  assert.deepEqual(objects.map(titleOf).sort(), [
    `ConfigMap ${testNamespace}/ask`,
    `FallbackPolicy ${testNamespace}/ask`,
    `Namespace ${testNamespace}`,
    `Pod ${testNamespace}/ask`,
    `ServiceAccount ${testNamespace}/ask`,
  ])
  const scene = find(objects, 'Namespace', testNamespace)
  assert.equal(recordOf(at(scene, 'metadata.labels'))['pod-security.kubernetes.io/enforce'], 'restricted')
  await apply([scene])
  await apply(objects.filter(({ kind }) => kind !== 'Namespace'))
})

test('dist/install.yaml is what the chart renders: run `npm run install-manifest` after a change', async () => {
  const stored = await readFile(join(repositoryRoot, 'dist/install.yaml'), 'utf8')
  assert.ok(stored === (await renderInstallManifest(helm.path)), 'dist/install.yaml is out of date')
})

test('dist/install.yaml applies, and a second time changes nothing', async () => {
  const manifest = join(repositoryRoot, 'dist/install.yaml')
  const install = async (...flags: readonly string[]) => {
    const { code, stdout, stderr } = await cluster.kubectl(
      {},
      ...['apply', '--server-side', '--force-conflicts', '--validate=strict', ...flags, '-f', manifest],
    )
    assert.equal(code, 0, stderr)
    return stdout
  }
  const versions = async () => {
    const { stdout } = await cluster.kubectl({}, 'get', '-f', manifest, '-o', versionColumns)
    return stdout
  }
  assert.match(await install(), /^namespace\/llm-fallback-system serverside-applied$/m)
  const before = await versions()
  await install()
  assert.equal(await versions(), before)
})

test('Kustomize moves it into another namespace, with an image of its own', async () => {
  const folder = join(cluster.folder, 'kustomized')
  await mkdir(folder)
  await cp(join(repositoryRoot, 'dist/install.yaml'), join(folder, 'install.yaml'))
  const image = { name: 'ghcr.io/llm-fallback/operator', newName: 'mirror.example/operator' }
  const kustomization = { namespace: 'elsewhere', resources: ['install.yaml'], images: [image] }
  await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization))
  const { code, stdout, stderr } = await cluster.kubectl({}, 'kustomize', folder)
  assert.equal(code, 0, stderr)
  assert.doesNotMatch(stdout, /llm-fallback-system/)
  assert.match(stdout, /image: mirror\.example\/operator:/)
})

const versionColumns = 'custom-columns=KIND:.kind,NAME:.metadata.name,VERSION:.metadata.generation'

test('the examples that Artifact Hub shows are taken', async () => {
  const about = recordOf(parse(await readFile(join(chart, 'Chart.yaml'), 'utf8')))
  const shown = (name: string) =>
    recordsOf(parse(textOf(recordOf(about['annotations'])[`artifacthub.io/${name}`]) ?? ''))
  const inNamespace = shown('crdsExamples').map(example => ({
    ...example,
    metadata: { ...recordOf(example['metadata']), namespace: 'llm-keys' },
  }))
  assert.equal(inNamespace.length, 2)
  await apply(inNamespace, '--dry-run=server')
  const { stdout } = await cluster.kubectl({}, 'get', 'crd', '-o', 'name')
  assert.deepEqual(
    shown('crds')
      .map(({ name }) => `customresourcedefinition.apiextensions.k8s.io/${name}`)
      .sort(),
    stdout.trim().split('\n').sort(),
  )
})
