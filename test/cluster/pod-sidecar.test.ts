// The sidecar of a pod as the harness starts it: with the CA that the operator publishes and a token that names the pod.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { operatorNamespace } from '../support/cluster/operator-service.ts'
import { type Cluster, startCluster } from '../support/cluster/start-cluster.ts'
import { type PodSidecar, startPodSidecar } from '../support/cluster/start-pod-sidecar.ts'
import { eventually } from '../support/eventually.ts'
import { type ScriptedOperator, startScriptedOperator } from '../support/scripted-operator.ts'
import { recordOf } from '../support/simulated-vendors/json.ts'

let cluster: Cluster
let operator: ScriptedOperator
let sidecar: PodSidecar

before(async () => {
  cluster = await startCluster()
  operator = await startScriptedOperator()
  await cluster.createNamespace(operatorNamespace)
  await cluster.createNamespace('shop')
  await cluster.adminExpect('POST', `/api/v1/namespaces/${operatorNamespace}/configmaps`, {
    metadata: { name: 'llm-fallback-ca' },
    data: { 'ca.crt': operator.authority.ca },
  })
  const pod = await cluster.createPod({ namespace: 'shop', name: 'assistant' })
  sidecar = await startPodSidecar(cluster, { pod, pushUrl: operator.url, waitFor: 'listening' })
})
after(async () => {
  await sidecar?.stop()
  await operator?.close()
  await cluster?.stop()
})

/** What the API server says of a token that a sidecar showed. */
async function review(token: string) {
  const answer = await cluster.adminExpect('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
    spec: { token, audiences: ['llm-fallback'] },
  })
  return recordOf(answer['status'])
}

test('trusts the published CA and shows a token that names its pod', async () => {
  const shown = await eventually('it connects', () => operator.connects.at(-1)?.token)
  const { authenticated, user } = await review(shown)
  assert.equal(authenticated, true)
  const extra = recordOf(recordOf(user)['extra'])
  assert.deepEqual(extra['authentication.kubernetes.io/pod-uid'], [sidecar.pod.uid])
})

test('shows a renewed token at its next connect', async () => {
  await sidecar.renewToken('another-token')
  operator.cut()
  await eventually(
    'it connects again',
    () => operator.connects.at(-1)?.token === 'another-token' || undefined,
  )
})
