// A fleet as its administrator sees it: policies go in with kubectl, statuses come out, real sidecars answer in between.
import assert from 'node:assert/strict'
import { askChat } from '../support/ask.ts'
import { type OperatorService, startOperatorService } from '../support/cluster/operator-service.ts'
import { type Cluster, startCluster } from '../support/cluster/start-cluster.ts'
import { type PodSidecar, startPodSidecar } from '../support/cluster/start-pod-sidecar.ts'
import { eventually } from '../support/eventually.ts'
import { numberOf, recordOf, recordsOf, textOf } from '../support/simulated-vendors/json.ts'

/** Sidecars report every fifteen seconds, statuses follow within five, and the machine may be busy. */
const toldWithinMs = 45_000

export interface ConditionText {
  readonly status: string
  readonly reason: string
  readonly message: string
  readonly observedGeneration: number
}

export interface PodWish {
  readonly namespace: string
  readonly name: string
  readonly app: string
}

export interface Fleet {
  readonly cluster: Cluster
  /** What kubectl prints; fails the test when kubectl fails. */
  kubectl(...parameters: readonly string[]): Promise<string>
  apply(manifest: string): Promise<void>
  /** A running pod whose sidecar is a process. */
  startPod(wish: PodWish): Promise<PodSidecar>
  /** Waits until the condition has this reason. `object` is as kubectl writes it: `fbp/a`. */
  awaitReason(object: ObjectName, type: string, reason: string | RegExp): Promise<ConditionText>
  close(): Promise<void>
}

export interface ObjectName {
  /** Absent: of cluster kind. */
  readonly namespace?: string
  /** Plural. */
  readonly kind: string
  readonly name: string
}

/** One operator, no pod. */
export async function openFleet(namespaces: readonly string[]): Promise<Fleet> {
  const cluster = await startCluster()
  const sidecars: PodSidecar[] = []
  try {
    await cluster.applyCrds()
    for (const namespace of namespaces) await cluster.createNamespace(namespace)
    const service = await startOperatorService(cluster, 1)
    return describe(cluster, service, sidecars)
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

function describe(cluster: Cluster, service: OperatorService, sidecars: PodSidecar[]): Fleet {
  const run = async (input: string | undefined, parameters: readonly string[]) => {
    const result = await cluster.kubectl(input === undefined ? {} : { input }, ...parameters)
    assert.equal(result.code, 0, `kubectl ${parameters.join(' ')}: ${result.stderr}${result.stdout}`)
    return result.stdout
  }
  return {
    cluster,
    kubectl: (...parameters) => run(undefined, parameters),
    async apply(manifest) {
      await run(manifest, ['apply', '-f', '-'])
    },
    async startPod({ namespace, name, app }) {
      const pod = await cluster.createPod({ namespace, name, labels: { app }, node: 'node-1' })
      await cluster.setPodRunning(pod)
      const sidecar = await startPodSidecar(cluster, {
        pod,
        pushUrl: service.pushUrl,
        waitFor: 'listening',
      })
      sidecars.push(sidecar)
      return sidecar
    },
    awaitReason: (object, type, reason) => awaitReason(cluster, object, { type, reason }),
    async close() {
      await Promise.all(sidecars.map(sidecar => sidecar.stop()))
      await service.close()
      await cluster.stop()
    },
  }
}

async function awaitReason(
  cluster: Cluster,
  object: ObjectName,
  wanted: { readonly type: string; readonly reason: string | RegExp },
): Promise<ConditionText> {
  let last: ConditionText | undefined
  const look = async () => {
    last = await readCondition(cluster, object, wanted.type)
    const reason = last?.reason ?? ''
    const fits = typeof wanted.reason === 'string' ? reason === wanted.reason : wanted.reason.test(reason)
    return fits ? last : undefined
  }
  const what = `${object.kind}/${object.name} is ${wanted.type} with reason ${wanted.reason}`
  return eventually(what, look, toldWithinMs).catch((cause: unknown) => {
    throw new Error(`${what}; it is ${JSON.stringify(last)}`, { cause })
  })
}

async function readCondition(
  cluster: Cluster,
  object: ObjectName,
  type: string,
): Promise<ConditionText | undefined> {
  const { body } = await cluster.adminRequest('GET', objectPath(object))
  const condition = recordsOf(recordOf(body['status'])['conditions']).find(one => one['type'] === type)
  if (condition === undefined) return undefined
  const { status, reason, message, observedGeneration } = condition
  return {
    status: textOf(status) ?? '',
    reason: textOf(reason) ?? '',
    message: textOf(message) ?? '',
    observedGeneration: numberOf(observedGeneration) ?? -1,
  }
}

export function objectPath({ namespace, kind, name }: ObjectName): string {
  const scope = namespace === undefined ? '' : `/namespaces/${namespace}`
  return `/apis/llmfallback.io/v1alpha1${scope}/${kind}/${name}`
}

export interface PolicyWish {
  readonly namespace: string
  readonly name: string
  readonly app?: string
  readonly priority?: number
  readonly deadline?: string
  /** Absent: a policy that needs no provider. */
  readonly provider?: string
}

/** A policy whose last step answers with the policy's own name. */
export function writePolicy(wish: PolicyWish): string {
  return JSON.stringify({
    apiVersion: 'llmfallback.io/v1alpha1',
    kind: 'FallbackPolicy',
    metadata: { name: wish.name, namespace: wish.namespace },
    spec: {
      ...(wish.app === undefined ? {} : { selector: { matchLabels: { app: wish.app } } }),
      ...(wish.priority === undefined ? {} : { priority: wish.priority }),
      routes: [writeRoute(wish)],
    },
  })
}

export function writeRoute(wish: Pick<PolicyWish, 'name' | 'deadline' | 'provider'>): object {
  const { name, deadline = '30s', provider } = wish
  const target = {
    name: 'primary',
    target: { providerRef: { name: provider }, model: 'gpt-4o' },
    timeout: { total: '10s' },
    circuitBreaker: { failures: 3, openFor: '1s' },
  }
  const floor = { name: 'floor', manual: { text: name } }
  return { name: 'all', limits: { deadline }, chain: provider === undefined ? [floor] : [target, floor] }
}

/** Waits until the sidecar is served by this policy, `name@generation`, or by none. */
export async function awaitPolicy(sidecar: PodSidecar, policy: string | undefined): Promise<void> {
  const look = async () => {
    const { verdict } = await askChat(sidecar.url)
    return verdict.policy === policy || undefined
  }
  await eventually(`${sidecar.pod.name} runs ${policy}`, look, toldWithinMs)
}
