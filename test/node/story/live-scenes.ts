// What a team and its platform do while the apps run.
import assert from 'node:assert/strict'
import { eventually } from '../../support/eventually.ts'
import { recordOf, recordsOf } from '../../support/simulated-vendors/json.ts'
import { deploymentOf } from '../workloads.ts'
import {
  firstKeys,
  injectionLabel,
  keysOf,
  policyOf,
  providersOf,
  secondKeys,
  shop,
  system,
  teamLabel,
} from './manifests.ts'
import { annotationsOf, nameOf, patienceMs, type Stage, sidecarStatusOf, timeout } from './stage.ts'

/** Of the apps that run through the whole story. */
export const standingPods = 4

/**
 * For the app whose sidecar will run out of memory: the two retries that the SDK makes by itself last little more than a second,
 * and a machine with other work may need longer to start the sidecar again. How long it took is printed.
 */
const patient = { RETRIES: '5' }

/** No app names a key or an address. */
export async function protect(stage: Stage): Promise<void> {
  const { node, apply } = stage
  const [[label, value] = ['', '']] = Object.entries(injectionLabel)
  await node.mustKubectl({}, 'label', 'namespace', shop, `${label}=${value}`)
  const labels = teamLabel
  await apply(
    deploymentOf({ ...{ namespace: shop, name: 'assistant', labels, replicas: 2 }, environment: patient }),
    deploymentOf({ namespace: shop, name: 'claude', labels, environment: { ASK: 'anthropic' } }),
    deploymentOf({
      ...{ namespace: shop, name: 'streamer', labels },
      environment: { ASK: 'openai-stream', PAUSE_MS: '10' },
    }),
  )
  await stage.orderVendors('openai/break/server-error')
  await apply(keysOf(shop, firstKeys), ...providersOf(shop), policyOf(shop, 'openai'))
  for (const name of ['assistant', 'claude', 'streamer']) await stage.followDeployment(shop, name)
  await stage.awaitPolicy(shop, { live: `${standingPods}/${standingPods}`, generation: 1 })
  for (const pod of await stage.podsOf(shop, 'team=shop')) expectInjected(pod)
}

function expectInjected(pod: Readonly<Record<string, unknown>>): void {
  assert.equal(annotationsOf(pod)['llmfallback.io/injection'], 'injected')
  const spec = recordOf(pod['spec'])
  const [sidecar] = recordsOf(spec['initContainers'])
  assert.equal(sidecar?.['name'], 'llm-fallback')
  assert.equal(sidecarStatusOf(pod)['ready'], true)
  const text = JSON.stringify(spec)
  for (const key of [...Object.values(firstKeys), 'vendor-keys']) assert.ok(!text.includes(key))
}

/** OpenAI answers with 500 since before the first call. */
export async function rescue({ nextCall, orderVendors }: Stage): Promise<void> {
  for (const app of ['assistant', 'claude', 'streamer']) {
    const call = await nextCall(`a rescued call of ${app}`, isServedFor(app))
    assert.deepEqual([call.step, call.provider], ['rescue', 'anthropic'])
    assert.match(call.text ?? '', /simulated Anthropic/)
  }
  await orderVendors('openai/heal')
  await nextCall('the first vendor serves again', ({ step }) => step === 'primary')
}

export function isServedFor(app: string) {
  return ({ pod, outcome }: { readonly pod: string; readonly outcome: string }) =>
    pod.startsWith(`${shop}/${app}-`) && outcome === 'served'
}

export async function editPolicy(stage: Stage): Promise<void> {
  const before = await restartsOf(stage)
  await stage.apply(policyOf(shop, 'anthropic'))
  await stage.awaitPolicy(shop, { live: `${standingPods}/${standingPods}`, generation: 2 })
  const call = await stage.nextCall('a call by the new policy', isServedFor('assistant'))
  assert.deepEqual([call.step, call.provider, call.policy], ['primary', 'anthropic', 'assistant@2'])
  assert.deepEqual(await restartsOf(stage), before)
}

async function restartsOf({ podsOf }: Stage): Promise<readonly string[]> {
  const pods = await podsOf(shop, 'team=shop')
  return pods.map(pod => `${nameOf(pod)} ${sidecarStatusOf(pod)['restartCount']}`).sort()
}

export async function rotateKeys({ apply, orderVendors, nextCall, note }: Stage): Promise<void> {
  await orderVendors(`anthropic/keys/${firstKeys.anthropic},${secondKeys.anthropic}`)
  await orderVendors(`openai/keys/${firstKeys.openai},${secondKeys.openai}`)
  const startedAt = performance.now()
  await apply(keysOf(shop, secondKeys))
  let inARow = 0
  // Each look sees the last of many calls: twenty in a row are of all pods.
  const areAllNew = async () => {
    const { lastKey } = await orderVendors('anthropic/asked')
    inARow = lastKey === secondKeys.anthropic ? inARow + 1 : 0
    return inARow >= 20 || undefined
  }
  await eventually('the new key is used', areAllNew, patienceMs)
  note('a rotated Secret is in use in all pods', `${Math.round(performance.now() - startedAt)} ms`)
  await orderVendors(`anthropic/keys/${secondKeys.anthropic}`)
  await orderVendors(`openai/keys/${secondKeys.openai}`)
  const call = await nextCall('a call with the new key alone', isServedFor('assistant'))
  assert.equal(call.step, 'primary')
}

export async function refuseEdits({ node, nextCall }: Stage): Promise<void> {
  const apply = ['apply', '-f', '-']
  const tooLong = JSON.stringify(policyOf(shop, 'anthropic', 'forever'))
  const refused = await node.kubectl({ input: tooLong }, ...apply)
  assert.notEqual(refused.code, 0)
  assert.match(refused.stderr, /deadline/)
  const missing = JSON.stringify(policyOf(shop, 'anthropic')).replace('"name":"openai"', '"name":"opnai"')
  const unknown = await node.kubectl({ input: missing }, ...apply, '--dry-run=server')
  assert.match(`${unknown.stderr}${unknown.stdout}`, /opnai/)
  const call = await nextCall('a call by the good policy', isServedFor('assistant'))
  assert.equal(call.policy, 'assistant@2')
}

/** Nobody steers while the operators are away, and nobody notices. */
export async function deleteOperators(stage: Stage): Promise<void> {
  const { node, apply, nextCall } = stage
  const operators = ['-n', system, '-l', 'app.kubernetes.io/component=operator']
  await node.mustKubectl({}, 'delete', 'pods', ...operators, timeout)
  for (const app of ['assistant', 'claude', 'streamer']) await nextCall(`a call of ${app}`, isServedFor(app))
  await node.mustKubectl({}, 'rollout', 'status', '-n', system, 'deployment/llm-fallback', timeout)
  await apply(policyOf(shop, 'openai'))
  await stage.awaitPolicy(shop, { live: `${standingPods}/${standingPods}`, generation: 3 })
  const call = await nextCall('a call by the policy of the new operators', isServedFor('assistant'))
  assert.equal(call.policy, 'assistant@3')
}

/** The apps finish the call that they are in; what they have begun and not ended is lost as well. */
export async function countCalls({ node, watch, note }: Stage): Promise<void> {
  await node.mustKubectl({}, 'delete', 'deployments', '--all', '-n', shop, timeout)
  const apps = ['-n', shop, '-l', 'app in (assistant, claude, streamer)']
  await node.mustKubectl({}, 'wait', 'pods', '--for=delete', ...apps, timeout)
  const calls = watch.calls()
  note('calls', String(calls.length))
  assert.ok(calls.length > 100)
  assert.deepEqual(
    calls.filter(({ outcome, pod }) => outcome !== 'served' && pod.startsWith(`${shop}/`)),
    [],
  )
}
