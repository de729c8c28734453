// A small cluster with operators in it, and the means to come to them as a sidecar would: with a token, by hand.
import assert from 'node:assert/strict'
import type { VerdictReport } from '../../crds/snapshot/control-frames.ts'
import { openStream, type SampleStream, type SampleTarget } from '../../operator/push/sample-sidecar.ts'
import {
  type OperatorService,
  operatorNamespace,
  startOperatorService,
} from '../support/cluster/operator-service.ts'
import { type Cluster, type Pod, startCluster } from '../support/cluster/start-cluster.ts'
import type { Operator } from '../support/cluster/start-operator.ts'
import { eventually } from '../support/eventually.ts'
import { recordOf, recordsOf, textOf } from '../support/simulated-vendors/json.ts'

export const namespace = 'shop'
export const audience = 'llm-fallback'

export interface PushWorld {
  readonly cluster: Cluster
  readonly service: OperatorService
  close(): Promise<void>
}

/** @param replicas of the operator. */
export async function openPushWorld(
  replicas: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<PushWorld> {
  const cluster = await startCluster()
  try {
    await cluster.applyCrds()
    await cluster.createNamespace(namespace)
    const service = await startOperatorService(cluster, replicas, { environment })
    return {
      cluster,
      service,
      async close() {
        await service.close()
        await cluster.stop()
      },
    }
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

/** One that runs as far as the cluster knows. */
export async function runPod(
  cluster: Cluster,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<Pod> {
  const pod = await cluster.createPod({ namespace, name, labels, node: 'node-1' })
  await cluster.setPodRunning(pod)
  return pod
}

export async function apply(cluster: Cluster, ...objects: readonly object[]): Promise<void> {
  for (const object of objects) {
    const { code, stderr } = await cluster.kubectl({ input: JSON.stringify(object) }, 'apply', '-f', '-')
    assert.equal(code, 0, stderr)
  }
}

/** Answers every request with `text`, in the pods whose label `app` is `app`. */
export function answeringPolicy(name: string, app: string, text: string): object {
  return {
    apiVersion: 'llmfallback.io/v1alpha1',
    kind: 'FallbackPolicy',
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels: { app } },
      routes: [{ name: 'chat', chain: [{ name: 'answer', manual: { text } }] }],
    },
  }
}

export function tokenOf(cluster: Cluster, pod: Pod, seconds = 3_600): Promise<string> {
  return cluster.tokenFor({ namespace: pod.namespace, name: pod.serviceAccount }, { audience, pod, seconds })
}

/** Where one operator takes sidecars, and whom they trust there. */
export async function targetOf(cluster: Cluster, operator: Operator): Promise<SampleTarget> {
  const path = `/api/v1/namespaces/${operatorNamespace}/configmaps/llm-fallback-ca`
  const { data } = await cluster.adminExpect('GET', path)
  const ca = textOf(recordOf(data)['ca.crt']) ?? ''
  return { port: operator.pushPort, ca, servername: `llm-fallback.${operatorNamespace}.svc` }
}

/** Comes again for as long as the operator asks for patience, which it does while its caches are behind. */
export function openPatiently(target: SampleTarget, token: string): Promise<SampleStream> {
  return eventually('an answer that stays', async () => {
    const stream = await openStream(target, token)
    return stream.status === 503 ? undefined : stream
  })
}

/** Says of the newest snapshot on this stream what became of it. */
export function answerSnapshot(
  stream: SampleStream,
  verdict: Pick<VerdictReport, 'verdict' | 'message'>,
): void {
  stream.say({ kind: 'verdict', digest: stream.snapshots().at(-1), ...verdict })
}

export interface Standing {
  readonly policy: string
  readonly state: string
}

/** How one operator says that a pod stands; undefined while it knows nothing of the pod. */
export async function standingOf(operator: Operator, pod: Pod): Promise<Standing | undefined> {
  const entry = (await operator.fleet()).find(({ uid }) => uid === pod.uid)
  if (entry === undefined) return undefined
  return { policy: textOf(entry['policy']) ?? '', state: textOf(entry['state']) ?? '' }
}

export interface PolicyStatus {
  /** Such as `{matched: 2, programmed: 2, …}`. */
  readonly pods: Readonly<Record<string, unknown>>
  readonly rejections: readonly Readonly<Record<string, unknown>>[]
  readonly programmed: string
  readonly observedGeneration: unknown
  /** Of the spec as it is. */
  readonly generation: unknown
}

export async function statusOf(cluster: Cluster, name: string): Promise<PolicyStatus> {
  const path = `/apis/llmfallback.io/v1alpha1/namespaces/${namespace}/fallbackpolicies/${name}`
  const policy = await cluster.adminExpect('GET', path)
  const status = recordOf(policy['status'])
  const programmed = recordsOf(status['conditions']).find(({ type }) => type === 'Programmed')
  return {
    pods: recordOf(status['pods']),
    rejections: recordsOf(status['rejections']),
    programmed: textOf(programmed?.['status']) ?? 'Unknown',
    observedGeneration: status['observedGeneration'],
    generation: recordOf(policy['metadata'])['generation'],
  }
}
