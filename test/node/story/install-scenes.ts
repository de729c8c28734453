// How the product comes into a cluster and leaves it.
import assert from 'node:assert/strict'
import { eventually } from '../../support/eventually.ts'
import { recordOf, recordsOf } from '../../support/simulated-vendors/json.ts'
import { namespaceOf, vendorNamespace, vendorObjects } from '../workloads.ts'
import { listObjects } from './list-objects.ts'
import { shop, system, vault } from './manifests.ts'
import { charts, patienceMs, type Stage, timeout } from './stage.ts'

/** Nothing may be pulled on a node without a way out. */
const values = [
  ...['--set', 'images.operator.pullPolicy=Never', '--set', 'images.sidecar.pullPolicy=Never'],
  ...['--set', `credentialNamespaces={${shop},${vault}}`],
]
const waiting = ['--wait', timeout]

const configurations = ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'] as const

export async function install({ node, apply, note }: Stage): Promise<void> {
  await apply(...vendorObjects(), namespaceOf(shop), namespaceOf(vault))
  await node.mustKubectl({}, 'rollout', 'status', '-n', vendorNamespace, 'deployment/providers', timeout)
  const startedAt = performance.now()
  const intoNamespace = ['-n', system, '--create-namespace']
  await node.mustHelm('install', 'llm-fallback-crds', charts.crds, ...intoNamespace, ...waiting)
  await node.mustHelm('install', 'llm-fallback', charts.operator, ...intoNamespace, ...values, ...waiting)
  note('helm install, both charts, to operator ready', seconds(startedAt))
  const { body } = await node.adminRequest(
    'GET',
    `/apis/apps/v1/namespaces/${system}/deployments/llm-fallback`,
  )
  assert.equal(recordOf(body['status'])['readyReplicas'], 2)
  await awaitWebhooks(node)
}

export async function awaitWebhooks(node: Stage['node']): Promise<void> {
  const look = async () => (await areRegistered(node)) || undefined
  await eventually('both webhooks are registered', look, patienceMs)
}

async function areRegistered(node: Stage['node']): Promise<boolean> {
  const found = await Promise.all(configurations.map(kind => readConfiguration(node, kind)))
  return found.every(({ status, webhooks }) => status === 200 && webhooks.length > 0)
}

async function readConfiguration(node: Stage['node'], kind: (typeof configurations)[number]) {
  const path = `/apis/admissionregistration.k8s.io/v1/${kind}/llm-fallback`
  const { status, body } = await node.adminRequest('GET', path)
  return { status, webhooks: recordsOf(body['webhooks']) }
}

export async function testWithHelm({ node }: Stage): Promise<void> {
  const said = await node.mustHelm('test', 'llm-fallback', '-n', system, timeout)
  assert.match(said, /Phase: +Succeeded/)
}

export async function upgrade({ node, nextCall }: Stage): Promise<void> {
  const changes = ['--set', 'logLevel=debug', '--set', 'sidecar.resources.requests.memory=80Mi']
  await node.mustHelm(
    'upgrade',
    'llm-fallback',
    charts.operator,
    '-n',
    system,
    ...values,
    ...changes,
    ...waiting,
  )
  const deployment = ['deployment/llm-fallback', '-n', system]
  await node.mustKubectl({}, 'rollout', 'status', ...deployment, timeout)
  const settings = await node.mustKubectl({}, 'get', ...deployment, '-o', 'jsonpath={..env}')
  assert.match(settings, /80Mi/)
  await nextCall('a call after the upgrade', ({ outcome }) => outcome === 'served')
}

/** The apps go on with the chain that they have: nothing of ours stands between a pod and its vendors. */
export async function uninstall({ node, nextCall }: Stage): Promise<void> {
  await node.mustHelm('uninstall', 'llm-fallback', '-n', system, ...waiting)
  const areGone = async () => {
    const found = await Promise.all(configurations.map(kind => readConfiguration(node, kind)))
    return found.every(({ status }) => status === 404) || undefined
  }
  await eventually('no webhook is left', areGone, patienceMs)
  await nextCall('a call after the uninstallation', ({ outcome }) => outcome === 'served')
}

/** Objects that come and go by themselves, or stay with what the machine was before. */
const passing = /^(Event|Lease|ComponentStatus|ServiceAccount\/kube-system)\b/

export async function sweep(stage: Stage): Promise<void> {
  const { node } = stage
  await node.mustHelm('uninstall', 'llm-fallback-crds', '-n', system)
  await node.mustKubectl({}, 'delete', 'crd', '-l', 'app.kubernetes.io/part-of=llm-fallback', timeout)
  const namespaces = [shop, vault, vendorNamespace, system, 'llm-fallback-test', 'plain']
  await node.mustKubectl({}, 'delete', 'namespace', ...namespaces, '--ignore-not-found', timeout)
  await expectUntouched(stage)
}

export async function expectUntouched({ node, untouched }: Stage): Promise<void> {
  const left = async () =>
    (await listObjects(node)).filter(name => !untouched.has(name) && !passing.test(name))
  let last: readonly string[] = []
  const isClean = async () => {
    last = await left()
    return last.length === 0 || undefined
  }
  await eventually('the cluster is as it was', isClean, patienceMs).catch(() => undefined)
  assert.deepEqual(last, [])
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}
