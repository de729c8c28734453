// Releases in a real cluster: what is there after helm install, upgrade and uninstall.
import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Cluster, startCluster } from '../support/cluster/start-cluster.ts'
import { isRecord, type JsonRecord, recordOf, recordsOf, textOf } from '../support/simulated-vendors/json.ts'
import { at, chart, crdsChart, helm, nameOf, namespace, render, titleOf, version } from './sample-charts.ts'

let cluster: Cluster

before(async () => {
  cluster = await startCluster()
  await cluster.createNamespace(namespace, { 'pod-security.kubernetes.io/enforce': 'restricted' })
  await cluster.createNamespace('llm-keys')
})
after(() => cluster?.stop())

const values = { credentialNamespaces: [{ namespace: 'llm-keys', secrets: ['openai'] }], replicas: 3 }

/** Nothing runs here, so there is nothing to wait for. */
function helmDoes(command: string, ...parameters: readonly string[]): Promise<string> {
  const [input, from] = parameters.includes('-f') ? [JSON.stringify(values), parameters] : ['', parameters]
  return helm.expect({ kubeconfig: cluster.kubeconfig, input }, command, ...from, '-n', namespace)
}

/** As they are in the cluster; undefined for one that is not there. */
function readAll(objects: readonly JsonRecord[]): Promise<readonly (JsonRecord | undefined)[]> {
  return Promise.all(objects.map(readOne))
}

async function readOne(object: JsonRecord): Promise<JsonRecord | undefined> {
  const place = textOf(at(object, 'metadata.namespace'))
  const parameters = ['get', `${object['kind']}`, nameOf(object), '-o', 'json', '--ignore-not-found']
  const { code, stdout, stderr } = await cluster.kubectl({}, ...parameters, ...(place ? ['-n', place] : []))
  assert.equal(code, 0, stderr)
  return stdout === '' ? undefined : recordOf(JSON.parse(stdout))
}

/** Paths at which a live object says something else than what was applied. */
function differences(applied: unknown, live: unknown, path = ''): readonly string[] {
  if (Array.isArray(applied)) {
    const items = Array.isArray(live) ? live : []
    if (items.length !== applied.length) return [path]
    return applied.flatMap((item, at) => differences(item, items[at], `${path}[${at}]`))
  }
  if (!isRecord(applied)) return applied === live ? [] : [path]
  return Object.entries(applied).flatMap(([key, value]) =>
    differences(value, recordOf(live)[key], path === '' ? key : `${path}.${key}`),
  )
}

test('the definitions are a release of their own', async () => {
  await helmDoes('install', 'llm-fallback-crds', crdsChart)
  const { stdout } = await cluster.kubectl({}, 'get', 'crd', '-o', 'name')
  assert.equal(stdout.trim().split('\n').length, 4)
})

test('a release fits into the Secret that Helm keeps it in', async () => {
  const { body } = await cluster.adminRequest('GET', `/api/v1/namespaces/${namespace}/secrets`)
  const sizes = recordsOf(body['items']).map(secret =>
    Buffer.byteLength(textOf(at(secret, 'data.release')) ?? '', 'base64'),
  )
  assert.equal(sizes.length, 1)
  assert.ok(Math.max(...sizes) < 700 * 1024, `${sizes} bytes; a Secret holds 1 MiB`)
})

test('a release of the version before becomes this one, with the values that it had', async () => {
  const older = join(helm.home, 'older')
  cpSync(chart, older, { recursive: true })
  const packed = ['package', older, '--version', '0.0.9', '--app-version', '0.0.9']
  await helm.expect({}, ...packed)
  await helmDoes('install', 'llm-fallback', join(helm.home, 'llm-fallback-0.0.9.tgz'), '-f', '-')
  const [before] = await readAll(await deployment())
  assert.equal(at(before, 'spec.template.spec.containers.0.image'), 'ghcr.io/llm-fallback/operator:0.0.9')

  await helmDoes('upgrade', 'llm-fallback', chart, '--reset-then-reuse-values')
  const [after] = await readAll(await deployment())
  assert.equal(at(after, 'spec.template.spec.containers.0.image'), `ghcr.io/llm-fallback/operator:${version}`)
  assert.equal(at(after, 'spec.replicas'), 3)
  assert.equal(at(after, 'metadata.uid'), at(before, 'metadata.uid'))
  assert.deepEqual(at(after, 'spec.selector'), at(before, 'spec.selector'))
})

async function deployment(): Promise<readonly JsonRecord[]> {
  return (await render({ values })).filter(({ kind }) => kind === 'Deployment')
}

test('what is in the cluster is what was rendered, word for word, so GitOps sees no difference', async () => {
  const objects = await render({ values })
  const live = await readAll(objects)
  const found = objects.flatMap((object, at) =>
    differences(object, live[at]).map(path => `${titleOf(object)}: ${path}`),
  )
  assert.deepEqual(found, [])
})

test('an upgrade to the same changes no object', async () => {
  const generations = async () =>
    (await readAll(await render({ values }))).map(object => at(object, 'metadata.generation'))
  const before = await generations()
  await helmDoes('upgrade', 'llm-fallback', chart, '-f', '-')
  assert.deepEqual(await generations(), before)
})

test('the notes end with the next three commands', async () => {
  const notes = await helmDoes('get', 'notes', 'llm-fallback')
  assert.match(notes, /kubectl label namespace shop llmfallback\.io\/injection=enabled/)
  assert.match(notes, /kubectl apply -f provider\.yaml -f policy\.yaml/)
  assert.match(notes, /kubectl rollout restart deployment -n shop && kubectl get fbp -n shop/)
  assert.doesNotMatch(notes, /definitions are missing/)
})

test('helm uninstall leaves nothing of the chart', async () => {
  const objects = await render({ values })
  await helmDoes('uninstall', 'llm-fallback')
  const left = (await readAll(objects)).filter(object => object !== undefined)
  assert.deepEqual(left.map(titleOf), [])
})

test('the definitions, and with them what people wrote, outlive their release', async () => {
  await helmDoes('uninstall', 'llm-fallback-crds')
  const { stdout } = await cluster.kubectl({}, 'get', 'crd', '-o', 'name')
  assert.equal(stdout.trim().split('\n').length, 4)
})

test('without the definitions the notes say so', async () => {
  await cluster.kubectl({}, 'delete', 'crd', '-l', 'app.kubernetes.io/part-of=llm-fallback')
  const said = await helmDoes('install', 'llm-fallback', chart)
  assert.match(said, /The resource definitions are missing/)
})
