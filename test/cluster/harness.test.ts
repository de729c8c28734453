// The control plane that the other files of this suite rely on.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { repositoryRoot } from '../support/child-process.ts'
import { type Cluster, startCluster } from '../support/cluster/start-cluster.ts'
import { eventually } from '../support/eventually.ts'
import { recordOf } from '../support/simulated-vendors/json.ts'

const audience = 'llm-fallback'
let cluster: Cluster

before(async () => {
  cluster = await startCluster()
  await cluster.createNamespace('shop', { team: 'shop' })
})
after(() => cluster?.stop())

async function review(token: string, wanted: string) {
  const answer = await cluster.adminExpect('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
    spec: { token, audiences: [wanted] },
  })
  return recordOf(answer['status'])
}

test('kubectl talks to a server of the version that was asked for', async () => {
  const { code, stdout } = await cluster.kubectl({}, 'version', '-o', 'json')
  assert.equal(code, 0)
  assert.match(stdout, /"gitVersion": "v1\.36\.\d+"/)
})

test('kubectl takes manifests from its input and reports refusals by its exit code', async () => {
  const manifest = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } })
  const applied = await cluster.kubectl({ input: manifest }, 'apply', '-n', 'shop', '-f', '-')
  assert.equal(applied.stdout, 'configmap/one created\n')
  const refused = await cluster.kubectl({ input: 'kind: Nothing' }, 'apply', '-f', '-')
  assert.notEqual(refused.code, 0)
  assert.match(refused.stderr, /apiVersion not set/)
})

test('a ServiceAccount may do only what its role says', async () => {
  await cluster.createServiceAccount('shop', 'reader')
  const reader = { namespace: 'shop', name: 'reader' }
  const { code, stderr } = await cluster.kubectl({ as: reader }, 'get', 'secrets', '-n', 'shop')
  assert.equal(code, 1)
  assert.match(stderr, /system:serviceaccount:shop:reader" cannot list resource "secrets"/)
})

test('a token for a pod names it to whoever asks with the right audience, and to nobody else', async () => {
  const pod = await cluster.createPod({ namespace: 'shop', name: 'cart' })
  const token = await cluster.tokenFor({ namespace: 'shop', name: 'default' }, { audience, pod })
  const { authenticated, user } = await review(token, audience)
  assert.equal(authenticated, true)
  assert.deepEqual(recordOf(recordOf(user)['extra'])['authentication.kubernetes.io/pod-uid'], [pod.uid])
  assert.notEqual((await review(token, 'somebody-else'))['authenticated'], true)
})

test('tokens that the API server would not give are signed with its key: short ones pass, old ones do not', async () => {
  const pod = await cluster.createPod({ namespace: 'shop', name: 'till' })
  const account = { namespace: 'shop', name: 'default' }
  const short = await cluster.tokenFor(account, { audience, pod, seconds: 30 })
  assert.equal((await review(short, audience))['authenticated'], true)
  const old = await cluster.tokenFor(account, { audience, pod, seconds: -300 })
  assert.notEqual((await review(old, audience))['authenticated'], true)
})

test('pods run, finish and go as they are told', async () => {
  const pod = await cluster.createPod({ namespace: 'shop', name: 'worker', node: 'node-1' })
  const phase = async () => recordOf((await cluster.adminRequest('GET', path)).body['status'])['phase']
  const path = '/api/v1/namespaces/shop/pods/worker'
  await cluster.setPodRunning(pod)
  assert.equal(await phase(), 'Running')
  await cluster.setPodFinished(pod, 'Succeeded')
  assert.equal(await phase(), 'Succeeded')
  await cluster.deletePod(pod)
  assert.equal((await cluster.adminRequest('GET', path)).status, 404)
})

test('after compaction and a restart the data is there and the history is gone', async () => {
  const path = '/api/v1/namespaces/shop/configmaps'
  const listed = await cluster.adminExpect('GET', path)
  const before = recordOf(listed['metadata'])['resourceVersion']
  await cluster.adminExpect('POST', path, { metadata: { name: 'kept' } })
  await cluster.compact()
  await cluster.restartApiServer()
  const kept = await cluster.adminRequest('GET', `${path}/kept`)
  assert.equal(kept.status, 200)
  const exact = await cluster.adminRequest(
    'GET',
    `${path}?resourceVersion=${before}&resourceVersionMatch=Exact`,
  )
  assert.equal(exact.status, 410)
  const watch = await cluster.adminRequest(
    'GET',
    `${path}?watch=1&resourceVersion=${before}&timeoutSeconds=2`,
  )
  assert.match(watch.text, /"code":410/)
})

test('while the API server is away nobody is answered', async () => {
  await cluster.stopApiServer()
  await assert.rejects(cluster.adminRequest('GET', '/version'))
  await cluster.startApiServer()
  assert.equal((await cluster.adminRequest('GET', '/version')).status, 200)
})

test('our resource definitions are taken', async () => {
  await cluster.applyCrds()
  const { code, stderr } = await cluster.kubectl({}, 'get', 'fbp', '-A')
  assert.equal(code, 0, stderr)
})

test('a test that is killed leaves neither a server nor a folder behind', async () => {
  const script = `
    import { startCluster } from './test/support/cluster/start-cluster.ts'
    const { folder, url } = await startCluster()
    console.log(JSON.stringify({ folder, url }))
    setInterval(() => undefined, 1000)`
  const tester = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(tester.stdout, 'data')
  const { folder, url } = recordOf(JSON.parse(String(line)))
  tester.kill('SIGKILL')
  const isGone = () =>
    access(String(folder)).then(
      () => undefined,
      () => true,
    )
  await eventually('the folder is removed', isGone)
  const refusesAll = () =>
    fetch(String(url)).then(
      () => undefined,
      error => recordOf(error.cause)['code'] === 'ECONNREFUSED' || undefined,
    )
  await eventually('nobody listens', refusesAll)
})
