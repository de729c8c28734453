// Where the story is played: a real node with our images and charts, the vendors, and what the apps say.
import { join } from 'node:path'
import { buildImages } from '../../../build/images/build-images.ts'
import { repositoryRoot } from '../../support/child-process.ts'
import { eventually } from '../../support/eventually.ts'
import { type RealNode, startRealNode } from '../../support/node/start-real-node.ts'
import { type JsonRecord, recordOf, recordsOf, textOf } from '../../support/simulated-vendors/json.ts'
import { openPages, type Pages } from '../pages/open-pages.ts'
import { openTerminal, type Terminal } from '../pages/open-terminal.ts'
import { writeTestImages } from '../test-images.ts'
import { type Call, type CallWatch, watchCalls } from '../watch-calls.ts'
import { listOf, vendorNamespace } from '../workloads.ts'
import { listObjects } from './list-objects.ts'
import { firstKeys, shop, system } from './manifests.ts'

/** For whatever a cluster does by itself: slow machines are slow. */
export const patienceMs = 180_000
export const timeout: string = `--timeout=${patienceMs / 1000}s`

export const charts = {
  crds: join(repositoryRoot, 'charts/llm-fallback-crds'),
  operator: join(repositoryRoot, 'charts/llm-fallback'),
} as const

export interface Stage {
  readonly node: RealNode
  readonly watch: CallWatch
  readonly terminal: Terminal
  readonly pages: Pages
  /** What lay in the cluster before anything came. */
  readonly untouched: ReadonlySet<string>
  /** Notes a figure, to be printed at the end. */
  note(what: string, value: string): void
  /** `kubectl apply` of these objects. */
  apply(...objects: readonly object[]): Promise<void>
  /** An order to the simulated vendors, such as `openai/break/server-error`. */
  orderVendors(order: string): Promise<JsonRecord>
  /** Waits for a deployment's pods and listens to them from now on. */
  followDeployment(namespace: string, name: string): Promise<void>
  /** Those that are to stay: a rollout is done before its old pods have gone. */
  podsOf(namespace: string, selector: string): Promise<readonly JsonRecord[]>
  /** The first call that fits among those that begin from now on. */
  nextCall(what: string, fits: (call: Call) => boolean): Promise<Call>
  /** Waits until so many pods run this generation of the policy. */
  awaitPolicy(namespace: string, state: { readonly live: string; readonly generation: number }): Promise<void>
  close(): Promise<void>
}

export async function openStage(): Promise<Stage> {
  const node = await startRealNode()
  try {
    const folder = join(node.folder, 'images')
    const built = await buildImages({ folder, createdAt: new Date(0) })
    const files = [...built.map(({ file }) => file), ...(await writeTestImages(folder))]
    for (const file of files) await node.importImage(file)
    const variables = { OPENAI_API_KEY: firstKeys.openai, ANTHROPIC_API_KEY: firstKeys.anthropic }
    const terminal = await openTerminal(node, variables)
    return describeStage({ node, terminal, untouched: new Set(await listObjects(node)) })
  } catch (error) {
    await node.stop()
    throw error
  }
}

function describeStage(parts: Pick<Stage, 'node' | 'terminal' | 'untouched'>): Stage {
  const { node, terminal } = parts
  const watch = watchCalls(node)
  const figures: string[] = []
  const podsOf: Stage['podsOf'] = async (namespace, selector) => {
    const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`
    const pods = recordsOf((await node.adminExpect('GET', path))['items'])
    return pods.filter(pod => recordOf(pod['metadata'])['deletionTimestamp'] === undefined)
  }
  /** An operator or an app, whose names nobody knows before. */
  const podFor = async (command: string) => {
    const isOfOperator = command.includes(system)
    const [pod = {}] = isOfOperator
      ? await podsOf(system, 'app.kubernetes.io/component=operator')
      : await podsOf(shop, 'app=assistant')
    return nameOf(pod)
  }
  return {
    ...{ ...parts, watch, podsOf, pages: openPages({ terminal, podFor }) },
    note: (what, value) => void figures.push(`${what}: ${value}`),
    apply: async (...objects) =>
      void (await node.mustKubectl({ input: listOf(...objects) }, 'apply', '-f', '-')),
    async orderVendors(order) {
      const proxy = `/api/v1/namespaces/${vendorNamespace}/services/providers:control/proxy`
      return node.adminExpect('GET', `${proxy}/${order}`)
    },
    async followDeployment(namespace, name) {
      await node.mustKubectl({}, 'rollout', 'status', '-n', namespace, `deployment/${name}`, timeout)
      for (const pod of await podsOf(namespace, `app=${name}`)) {
        watch.follow({ namespace, name: nameOf(pod) })
      }
    },
    nextCall(what, fits) {
      const mark = watch.calls().length
      return eventually(what, () => watch.calls().slice(mark).find(fits), patienceMs)
    },
    awaitPolicy: (namespace, state) => awaitPolicy(node, namespace, state),
    async close() {
      watch.stop()
      await node.stop()
      if (figures.length > 0) process.stdout.write(`\nFigures\n${figures.map(one => `  ${one}\n`).join('')}`)
    },
  }
}

async function awaitPolicy(
  node: RealNode,
  namespace: string,
  { live, generation }: { readonly live: string; readonly generation: number },
): Promise<void> {
  const path = `/apis/llmfallback.io/v1alpha1/namespaces/${namespace}/fallbackpolicies/assistant`
  let seen: JsonRecord = {}
  const look = async () => {
    seen = recordOf((await node.adminRequest('GET', path)).body['status'])
    return (seen['live'] === live && seen['observedGeneration'] === generation) || undefined
  }
  await eventually(`generation ${generation} is live in ${live}`, look, patienceMs).catch(cause => {
    throw new Error(`the status of the policy is ${JSON.stringify(seen)}`, { cause })
  })
}

export function nameOf(object: JsonRecord): string {
  return textOf(recordOf(object['metadata'])['name']) ?? ''
}

export function annotationsOf(object: JsonRecord): JsonRecord {
  return recordOf(recordOf(object['metadata'])['annotations'])
}

/** What the kubelet says of a pod's sidecar. */
export function sidecarStatusOf(pod: JsonRecord): JsonRecord {
  const statuses = recordsOf(recordOf(pod['status'])['initContainerStatuses'])
  return statuses.find(({ name }) => name === 'llm-fallback') ?? {}
}
