// Where the protection ends: pods that are left out, a control plane that is away, what an app can see of its own sidecar.
import assert from 'node:assert/strict'
import { eventually } from '../../support/eventually.ts'
import { parseRecord, recordOf, recordsOf } from '../../support/simulated-vendors/json.ts'
import { podTemplateOf, vendorUrls } from '../workloads.ts'
import { listObjects } from './list-objects.ts'
import { isServedFor, standingPods } from './live-scenes.ts'
import { firstKeys, secondKeys, shop, system, teamLabel } from './manifests.ts'
import { annotationsOf, nameOf, patienceMs, type Stage, timeout } from './stage.ts'

function podOf(name: string, labels: Readonly<Record<string, string>>): object {
  const environment = { OPENAI_BASE_URL: vendorUrls.openai, OPENAI_API_KEY: secondKeys.openai }
  const template = podTemplateOf({ namespace: '', name, labels: { ...teamLabel, ...labels }, environment })
  const { metadata, spec } = recordOf(template)
  return { apiVersion: 'v1', kind: 'Pod', metadata: { ...recordOf(metadata), name }, spec }
}

/** It is selected by the policy and has no sidecar: whoever looks at the policy sees that. */
export async function countLeftOut(stage: Stage): Promise<void> {
  const { node } = stage
  const pods = `/api/v1/namespaces/${shop}/pods`
  const made = await node.adminExpect('POST', pods, podOf('aside', { 'llmfallback.io/inject': 'false' }))
  assert.equal(annotationsOf(made)['llmfallback.io/injection'], 'skipped: OptedOut')
  await node.mustKubectl({}, 'wait', '-n', shop, '--for=condition=Ready', 'pod/aside', timeout)
  const live = `${standingPods}/${standingPods + 1}`
  const table = async () => {
    const said = await node.mustKubectl({}, 'get', 'fbp', '-n', shop)
    return said.includes(live) || undefined
  }
  await eventually('the policy says that one pod is without a sidecar', table, patienceMs)
  await node.mustKubectl({}, 'delete', 'pod', 'aside', '-n', shop, '--grace-period=1', timeout)
  await stage.awaitPolicy(shop, { live: `${standingPods}/${standingPods}`, generation: 1 })
}

const look = `
const { existsSync, readdirSync } = require('node:fs')
const places = ['/var/run/llm-fallback', '/var/lib/llm-fallback', '/var/run/llm-fallback/token']
const own = readdirSync('/proc').filter(name => /^[0-9]+$/.test(name)).length
console.log(JSON.stringify({ places: places.filter(existsSync), own, environment: process.env }))`

/** One's own process is all that an app sees, and neither token nor snapshot nor key. */
export async function lookAround({ node, podsOf }: Stage): Promise<void> {
  const [pod = {}] = await podsOf(shop, 'app=assistant')
  const command = ['exec', '-n', shop, nameOf(pod), '-c', 'app', '--', '/usr/local/bin/node', '-e', look]
  const text = await node.mustKubectl({}, ...command)
  const seen = parseRecord(text) ?? {}
  assert.deepEqual(seen['places'], [])
  assert.equal(seen['own'], 2)
  for (const key of [...Object.values(firstKeys), ...Object.values(secondKeys)])
    assert.ok(!text.includes(key))
}

/** Only new pods of namespaces that opted in wait for an operator; everything else is none of its business. */
export async function goWithoutOperators({ node, nextCall }: Stage): Promise<void> {
  const operators = ['deployment/llm-fallback', '-n', system]
  await node.mustKubectl({}, 'scale', ...operators, '--replicas=0')
  const pods = ['wait', 'pods', '-n', system, '-l', 'app.kubernetes.io/component=operator', '--for=delete']
  await node.mustKubectl({}, ...pods, timeout)
  const probe = (namespace: string) =>
    node.adminRequest('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, podOf('probe', {}))
  for (const namespace of ['default', 'kube-system', system]) {
    const { status, text } = await probe(namespace)
    assert.equal(status, 201, text)
  }
  const { status, text } = await probe(shop)
  assert.equal(status, 500)
  assert.match(text, /failed calling webhook .*llmfallback\.io/)
  await nextCall('a call while no operator runs', isServedFor('assistant'))
  await node.mustKubectl({}, 'scale', ...operators, '--replicas=2')
  await node.mustKubectl({}, 'rollout', 'status', ...operators, timeout)
  const isBack = async () => (await probe(shop)).status === 201 || undefined
  await eventually('pods are injected again', isBack, patienceMs)
}

/** New pods come up as if there had never been an operator, and what it made has gone with it. */
export async function findNothingLeft({ node }: Stage): Promise<void> {
  const made = await node.adminExpect(
    'POST',
    `/api/v1/namespaces/${shop}/pods?dryRun=All`,
    podOf('after', {}),
  )
  assert.deepEqual(recordsOf(recordOf(made['spec'])['initContainers']), [])
  let left: readonly string[] = []
  const isGone = async () => {
    left = (await listObjects(node)).filter(name => ownObject.test(name))
    return left.length === 0 || undefined
  }
  await eventually('nothing of the operator is left', isGone, patienceMs).catch(() => undefined)
  assert.deepEqual(left, [])
}

/** Named as the product, but for the namespace, which is the administrator's. */
const ownObject = /^(?!Namespace\/|Event\/)\w+\/[^/]*\/llm-fallback[^/]*$/
