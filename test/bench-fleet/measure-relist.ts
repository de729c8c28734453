// How long an operator that starts needs until it knows everything in a large cluster.
import { setTimeout as sleep } from 'node:timers/promises'
import { inBatches } from './in-batches.ts'
import { policyObject, providerObject } from './manifests.ts'
import { type Bench, restartOperator } from './measure-fleet.ts'
import type { FleetFigures } from './report.ts'

const knowsWithinMs = 120_000

export interface RelistSize {
  /** One in each namespace. */
  readonly policies: number
  /** In all, those of the fleet included. */
  readonly pods: number
}

export async function measureRelist(bench: Bench, size: RelistSize): Promise<FleetFigures['relist']> {
  bench.tell(`relist: making ${size.policies} policies and ${size.pods} pods`)
  await fillCluster(bench, size)
  const startedAt = performance.now()
  await restartOperator(bench)
  for (;;) {
    const known = (await bench.service.operators()[0]?.fleet())?.length ?? 0
    const seconds = (performance.now() - startedAt) / 1_000
    if (known >= size.pods) return { ...size, seconds }
    if (seconds * 1_000 > knowsWithinMs) {
      throw new Error(`after ${knowsWithinMs} ms the operator accounts for ${known} of ${size.pods} pods`)
    }
    await sleep(50)
  }
}

async function fillCluster({ cluster, fleet }: Bench, { policies, pods }: RelistSize): Promise<void> {
  const podsOfEach = Math.max(0, Math.ceil((pods - fleet.size()) / policies))
  const namespaces = Array.from({ length: policies }, (_, at) => `team-${at}`)
  await inBatches(namespaces, async namespace => {
    await cluster.createNamespace(namespace)
    const base = `/apis/llmfallback.io/v1alpha1/namespaces/${namespace}`
    await cluster.adminExpect('POST', `${base}/llmproviders`, providerObject(namespace))
    await cluster.adminExpect('POST', `${base}/fallbackpolicies`, policyObject(namespace, 30))
    for (let at = 0; at < podsOfEach; at += 1) {
      await cluster.createPod({ namespace, name: `pod-${at}`, labels: { app: 'load' }, node: 'node-1' })
    }
  })
}
