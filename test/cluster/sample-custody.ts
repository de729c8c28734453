// Injected pods as objects, with sidecars that are processes: who gets a key, and what is said about it.
import { askChat } from '../support/ask.ts'
import { type Operator, startOperator } from '../support/cluster/start-operator.ts'
import { type PodSidecar, startPodSidecar } from '../support/cluster/start-pod-sidecar.ts'
import { eventually } from '../support/eventually.ts'
import { recordOf, recordsOf, textOf } from '../support/simulated-vendors/json.ts'
import { startSimulatedOpenAi } from '../support/simulated-vendors/openai-vendor.ts'
import type { SimulatedVendor } from '../support/simulated-vendors/vendor-server.ts'
import { account, type RoleCluster, secret, shop, startRoleCluster } from './sample-roles.ts'

export const apiKey = 'key-in-custody'
export const image = 'registry.invalid/llm-fallback/sidecar'
const pods = `/api/v1/namespaces/${shop}/pods`
const strategicMerge = { contentType: 'application/strategic-merge-patch+json' }

export interface PodEvent {
  readonly reason: string
  readonly type: string
  readonly note: string
}

export interface Custody {
  readonly stage: RoleCluster
  readonly vendor: SimulatedVendor
  readonly operator: () => Operator
  /** Another process takes the place of the operator. */
  restartOperator(): Promise<void>
  /** As somebody creates it, with whatever the webhook makes of it. */
  createPod(name: string, pod?: { readonly labels?: object; readonly spec?: object }): Promise<void>
  startSidecar(name: string): Promise<PodSidecar>
  patchPod(name: string, patch: object, subresource?: string): Promise<void>
  eventsOn(name: string): Promise<readonly PodEvent[]>
  stop(): Promise<void>
}

/** The chart's account, an opted-in namespace, a provider with a key, and a policy that ends with a fixed answer. */
export async function openCustody(): Promise<Custody> {
  const stage = await startRoleCluster()
  const vendor = await startSimulatedOpenAi({ apiKey })
  const sidecars: PodSidecar[] = []
  let operator = await launch(stage)
  const custody: Custody = {
    stage,
    vendor,
    operator: () => operator,
    async restartOperator() {
      await operator.stop()
      operator = await launch(stage)
    },
    async createPod(name, { labels = {}, spec = {} } = {}) {
      const containers = [{ name: 'app', image: 'registry.invalid/none:1' }]
      await stage.cluster.adminExpect('POST', pods, {
        metadata: { name, labels },
        spec: { containers, ...spec },
      })
    },
    async startSidecar(name) {
      const sidecar = await startSidecarOf(stage, operator, name)
      sidecars.push(sidecar)
      return sidecar
    },
    async patchPod(name, patch, subresource = '') {
      await stage.cluster.adminExpect('PATCH', `${pods}/${name}${subresource}`, patch, strategicMerge)
    },
    eventsOn: name => readEvents(stage, name),
    async stop() {
      await Promise.all(sidecars.map(sidecar => sidecar.stop()))
      await operator.stop()
      await vendor.close()
      await stage.stop()
    },
  }
  await prepare(custody)
  return custody
}

async function launch(stage: RoleCluster): Promise<Operator> {
  return startOperator(stage.cluster, {
    kubeconfig: await stage.cluster.kubeconfigFor(account),
    environment: {
      LLM_FALLBACK_CREDENTIAL_NAMESPACES: shop,
      LLM_FALLBACK_SIDECAR_IMAGE: `${image}:1.0.0`,
      // Of the Service: pods are told the same one whichever operator runs.
      LLM_FALLBACK_PUSH_URL: 'https://llm-fallback.llm-fallback-system.svc:8443',
    },
  })
}

async function startSidecarOf(
  { cluster }: RoleCluster,
  operator: Operator,
  name: string,
): Promise<PodSidecar> {
  const { metadata } = await cluster.adminExpect('GET', `${pods}/${name}`)
  const uid = textOf(recordOf(metadata)['uid']) ?? ''
  const pod = { namespace: shop, name, uid, serviceAccount: 'default' }
  await cluster.setPodRunning(pod)
  const pushUrl = `https://127.0.0.1:${operator.pushPort}`
  return startPodSidecar(cluster, { pod, pushUrl, waitFor: 'listening' })
}

async function prepare({ stage, vendor, createPod }: Custody): Promise<void> {
  const { cluster } = stage
  await stage.apply(secret(shop, 'vendor-keys', apiKey))
  const spec = {
    dialect: 'OpenAI',
    endpoint: vendor.baseUrl,
    credentials: { secretRef: { name: 'vendor-keys', key: 'key' } },
  }
  await stage.apply(resource('LLMProvider', 'openai', spec))
  const chain = [
    { name: 'vendor', target: { providerRef: { name: 'openai' }, model: 'gpt-4o' } },
    { name: 'sorry', manual: { text: 'not now' } },
  ]
  await stage.apply(resource('FallbackPolicy', 'assistant', { routes: [{ name: 'chat', chain }] }))
  await cluster.adminExpect('PATCH', `/api/v1/namespaces/${shop}`, {
    metadata: { labels: { 'llmfallback.io/injection': 'enabled' } },
  })
  // A new webhook configuration bites after about a second.
  await eventually('pods are injected', async () => {
    await createPod('probe')
    const { metadata } = await cluster.adminExpect('GET', `${pods}/probe`)
    await cluster.deletePod({ namespace: shop, name: 'probe' })
    return recordOf(recordOf(metadata)['annotations'])['llmfallback.io/injection'] || undefined
  })
}

function resource(kind: string, name: string, spec: object): object {
  return { apiVersion: 'llmfallback.io/v1alpha1', kind, metadata: { namespace: shop, name }, spec }
}

async function readEvents({ cluster }: RoleCluster, pod: string): Promise<readonly PodEvent[]> {
  const { items } = await cluster.adminExpect('GET', `/apis/events.k8s.io/v1/namespaces/${shop}/events`)
  return recordsOf(items)
    .filter(({ regarding }) => {
      const { kind, name } = recordOf(regarding)
      return kind === 'Pod' && name === pod
    })
    .map(({ reason, type, note }) => ({
      reason: textOf(reason) ?? '',
      type: textOf(type) ?? '',
      note: textOf(note) ?? '',
    }))
}

/** Waits until the chain of this sidecar ends here: `vendor`, which needs the key, or `sorry`. */
export function servedAt(sidecar: PodSidecar, step: 'vendor' | 'sorry'): Promise<true> {
  return eventually(`${sidecar.pod.name} is served at ${step}`, async () => {
    const { status, text } = await askChat(sidecar.url, { model: 'gpt-4o' })
    return (status === 200 && text.includes('not now') === (step === 'sorry')) || undefined
  })
}
