// `helm test` as Helm runs it, in a cluster whose pods end when we say so: the order of things, and that nothing stays.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Cluster, startCluster } from '../support/cluster/start-cluster.ts'
import { eventually } from '../support/eventually.ts'
import type { HelmResult } from '../support/helm/run-helm.ts'
import { textOf } from '../support/simulated-vendors/json.ts'
import { at, chart, helm, namespace } from './sample-charts.ts'

const testNamespace = 'llm-fallback-test'
const pods = `/api/v1/namespaces/${testNamespace}/pods`
const pod = { namespace: testNamespace, name: 'ask', uid: '', serviceAccount: 'ask' }
let cluster: Cluster

before(async () => {
  cluster = await startCluster({ controllerManager: 'running' })
  await cluster.applyCrds()
  await helmDoes('install', 'llm-fallback', chart, '--create-namespace')
})
after(() => cluster?.stop())

function helmDoes(...parameters: readonly string[]): Promise<string> {
  return helm.expect({ kubeconfig: cluster.kubeconfig }, ...parameters, '-n', namespace)
}

/** Runs it until a pod is there that was not there before, and ends that as a kubelet would. */
async function runTest(phase: 'Succeeded' | 'Failed'): Promise<HelmResult> {
  const before = await readPod()
  const run = helm.run(
    { kubeconfig: cluster.kubeconfig },
    ...['test', 'llm-fallback', '-n', namespace, '--timeout', '90s'],
  )
  const isNew = (uid: string | undefined) => (uid === before ? undefined : uid)
  await eventually('the pod of the test', async () => isNew(await readPod()), 60_000)
  const policies = `/apis/llmfallback.io/v1alpha1/namespaces/${testNamespace}/fallbackpolicies`
  await cluster.adminExpect('GET', `${policies}/ask`)
  await cluster.setPodFinished(pod, phase)
  return run
}

async function readPod(): Promise<string | undefined> {
  const { body } = await cluster.adminRequest('GET', `${pods}/ask`)
  return textOf(at(body, 'metadata.uid'))
}

test('a test that failed leaves everything to be looked at', async () => {
  const { code } = await runTest('Failed')
  assert.notEqual(code, 0)
  assert.ok(await readPod())
})

test('the next run begins anew, and one that succeeds leaves nothing', async () => {
  const { code, stderr } = await runTest('Succeeded')
  assert.equal(code, 0, stderr)
  const { status } = await cluster.adminRequest('GET', `/api/v1/namespaces/${testNamespace}`)
  assert.equal(status, 404)
})
