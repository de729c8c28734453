// docs/operate.md and docs/security.md: each question where it has an answer worth reading, each remedy where it is needed.
import assert from 'node:assert/strict'
import { eventually } from '../../support/eventually.ts'
import { recordOf } from '../../support/simulated-vendors/json.ts'
import { testImages } from '../test-images.ts'
import { namespaceOf, podTemplateOf, vendorUrls } from '../workloads.ts'
import { awaitWebhooks } from './install-scenes.ts'
import { isServedFor } from './live-scenes.ts'
import { firstKeys, keysOf, policyOf, providersOf, shop, system, teamLabel } from './manifests.ts'
import { nameOf, patienceMs, type Stage, timeout } from './stage.ts'

const operate = 'docs/operate.md'
const security = 'docs/security.md'

/** The team takes its keys into its own namespace, and the platform lists it. */
export async function upgradeByPage({ apply, node, pages, terminal, ...stage }: Stage): Promise<void> {
  await apply(keysOf(shop, firstKeys), ...providersOf(shop))
  const namespaces = [
    { namespace: system, secrets: ['openai', 'anthropic'] },
    { namespace: shop, secrets: ['vendor-keys'] },
  ]
  await terminal.write('values.yaml', JSON.stringify({ credentialNamespaces: namespaces }))
  await pages.follow(operate, 'Upgrade')
  await apply(policyOf(shop, 'openai'))
  await node.mustKubectl({}, 'rollout', 'status', 'deployment', '-n', shop, timeout)
  await pages.follow(operate, 'Is it live?')
  await stage.followDeployment(shop, 'assistant')
  await stage.nextCall('a call after the upgrade', isServedFor('assistant'))
}

/** Pods, policies and providers of all kinds of which the page speaks. */
async function addSpecialCases({ apply, node, podsOf }: Stage): Promise<void> {
  const provider = (namespace: string, name: string, secretRef: object) => ({
    apiVersion: 'llmfallback.io/v1alpha1',
    kind: 'LLMProvider',
    metadata: { namespace, name },
    spec: { dialect: 'OpenAI', endpoint: vendorUrls.openai, credentials: { secretRef } },
  })
  await apply(
    namespaceOf('plain'),
    provider('plain', 'vault-openai', { name: 'vendor-keys', key: 'openai' }),
    provider(shop, 'missing', { name: 'vendor-key', key: 'openai' }),
    provider(shop, 'mistyped', { name: 'vendor-keys', key: 'opnai' }),
    claudeOnly(),
    podOf('opted', { labels: { 'llmfallback.io/inject': 'false' } }),
    podOf('hosty', { podSpec: { hostNetwork: true } }),
    podOf('kept', { environment: { OPENAI_BASE_URL: vendorUrls.openai, OPENAI_API_KEY: firstKeys.openai } }),
  )
  const [pod = {}] = await podsOf(shop, 'app=claude')
  const container = ['-c', 'dbg', `--image=${testImages.app}`, '--image-pull-policy=Never']
  await node.mustKubectl({}, 'debug', '-n', shop, nameOf(pod), '--target=llm-fallback', ...container)
}

function claudeOnly(): object {
  const policy = recordOf(policyOf(shop, 'anthropic'))
  const metadata = { ...recordOf(policy['metadata']), name: 'claude-only' }
  const selector = { matchLabels: { app: 'claude' } }
  return { ...policy, metadata, spec: { ...recordOf(policy['spec']), selector, priority: 10 } }
}

interface PodOptions {
  readonly labels?: Readonly<Record<string, string>>
  readonly environment?: Readonly<Record<string, string>>
  readonly podSpec?: object
}

function podOf(name: string, options: PodOptions): object {
  const labels = { ...teamLabel, ...options.labels }
  const { metadata, spec } = recordOf(podTemplateOf({ namespace: '', ...options, name, labels }))
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...recordOf(metadata), namespace: shop, name },
    spec,
  }
}

export async function askEverything(stage: Stage): Promise<void> {
  const { pages, orderVendors } = stage
  await addSpecialCases(stage)
  await orderVendors('openai/break/server-error')
  await pages.follow(
    operate,
    'Which policy does this pod run?',
    'Why has this pod no sidecar?',
    'Why is a pod stale or rejected?',
    'Why did a call fall back, or fail?',
    'Which provider is failing?',
    'Why is a key not used?',
    'Who can read keys?',
    'Do calls pass the sidecar by?',
    'Is the operator well?',
  )
  await orderVendors('anthropic/break/overloaded')
  await pages.followAgain(operate, 'Why did a call fall back, or fail?')
  await orderVendors('anthropic/heal')
  await orderVendors('openai/heal')
  for (const command of [
    'kubectl get fbp',
    'kubectl get llmp',
    'kubectl get cllmp',
    'kubectl get namespaces -L llmfallback.io/injection',
  ])
    await pages.say(command)
  await pages.follow(security, 'The operator', 'When a key is released', 'What is not protected')
}

/** A pod waits in vain for an operator, until the page is followed. */
export async function breakGlass({ node, pages, ...stage }: Stage): Promise<void> {
  await node.mustKubectl({}, 'scale', 'deployment/llm-fallback', '-n', system, '--replicas=0')
  const operators = ['-n', system, '-l', 'app.kubernetes.io/component=operator']
  await node.mustKubectl({}, 'wait', 'pods', ...operators, '--for=delete', timeout)
  await node.mustKubectl({}, 'delete', 'pods', '-n', shop, '-l', 'app=claude', timeout)
  await pages.follow(operate, 'Why does this pod not start?')
  assert.deepEqual(await stage.podsOf(shop, 'app=claude'), [])
  await stage.nextCall('a call while no operator runs', isServedFor('assistant'))
  await pages.follow(operate, 'Break glass')
  await node.mustKubectl({}, 'rollout', 'status', 'deployment', '-n', shop, timeout)
  await awaitWebhooks(node)
  await stage.nextCall('a call after all was taken away and brought back', isServedFor('assistant'))
}

/** Keys, then the authority, which has another name afterwards. */
export async function rotateByPage({ node, pages, nextCall }: Stage): Promise<void> {
  const authority = async () =>
    node.mustKubectl({}, 'get', 'secret', 'llm-fallback-ca', '-n', system, '-o', 'jsonpath={.metadata.uid}')
  const before = await authority()
  await pages.follow(operate, 'Rotate')
  const isAnother = async () => (await authority().catch(() => before)) !== before || undefined
  await eventually('there is a new authority', isAnother, patienceMs)
  await nextCall('a call after the rotation', isServedFor('assistant'))
}

export async function scaleByPage({ node, pages, nextCall }: Stage): Promise<void> {
  await pages.follow(operate, 'Scale')
  const ready = ['-n', system, '-o', 'jsonpath={..readyReplicas}']
  const awaitReplicas = async (wanted: string) =>
    eventually(
      `${wanted} operators are ready`,
      async () =>
        (await node.mustKubectl({}, 'get', 'deployment/llm-fallback', ...ready)) === wanted || undefined,
      patienceMs,
    )
  await awaitReplicas('3')
  await pages.say('helm rollback llm-fallback -n llm-fallback-system --wait')
  await node.mustKubectl({}, 'rollout', 'status', '-n', system, 'deployment/llm-fallback', timeout)
  await awaitReplicas('2')
  await nextCall('a call after the rollback', isServedFor('assistant'))
}

/** New pods come up without a sidecar, and others without questions. */
export async function takeOutByPage({ node, pages, podsOf }: Stage): Promise<void> {
  await pages.follow(operate, 'Take something out')
  await node.mustKubectl({}, 'rollout', 'status', 'deployment', '-n', shop, timeout)
  const [pod = {}] = await podsOf(shop, 'app=claude')
  assert.equal(recordOf(pod['spec'])['initContainers'], undefined)
  await node.mustKubectl({}, 'delete', 'namespace', 'plain', timeout)
}
