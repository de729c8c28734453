// What callers notice of a change: real sidecars under load while Secrets rotate, and while a policy is edited a thousand times.
import { setTimeout as sleep } from 'node:timers/promises'
import { type PodSidecar, startPodSidecar } from '../support/cluster/start-pod-sidecar.ts'
import { eventually } from '../support/eventually.ts'
import { type Answered, startCallers } from './busy-callers.ts'
import { type BusyProvider, startBusyProvider } from './busy-provider.ts'
import { busyKey, busyNamespace, busyPolicy, busyProvider, busySecret } from './manifests.ts'
import type { Bench } from './measure-fleet.ts'
import { percentile } from './percentile.ts'
import type { FleetFigures } from './report.ts'

/** As shipped, with the engine options of its launcher. */
const shippedSidecar = 'dist/sidecar.js'
const sidecarCount = 3
const restBetweenRotationsMs = 100
const firstUseWithinMs = 20_000
const apply = { contentType: 'application/apply-patch+yaml' }
const policyPath = `/apis/llmfallback.io/v1alpha1/namespaces/${busyNamespace}/fallbackpolicies/busy?fieldManager=bench`
const secretPath = `/api/v1/namespaces/${busyNamespace}/secrets/busy?fieldManager=bench`

export interface BusySize {
  readonly rotations: number
  readonly edits: number
}

export async function measureBusy(
  bench: Bench,
  { rotations, edits }: BusySize,
): Promise<Pick<FleetFigures, 'rotation' | 'edits'>> {
  const provider = await startBusyProvider()
  const sidecars: PodSidecar[] = []
  try {
    await makeObjects(bench, provider)
    for (let at = 0; at < sidecarCount; at += 1) sidecars.push(await startOne(bench, at))
    const scene = { bench, provider, urls: sidecars.map(({ url }) => url) }
    bench.tell(`${sidecarCount} real sidecars under load: ${rotations} rotations of a Secret`)
    const rotation = await measureRotations(scene, rotations)
    bench.tell(`${sidecarCount} real sidecars under load: ${edits} edits of a policy`)
    return { rotation, edits: await measureEdits(scene, edits) }
  } finally {
    for (const sidecar of sidecars) await sidecar.stop()
    await provider.close()
  }
}

interface Scene {
  readonly bench: Bench
  readonly provider: BusyProvider
  readonly urls: readonly string[]
}

async function makeObjects({ cluster }: Bench, provider: BusyProvider): Promise<void> {
  await cluster.createNamespace(busyNamespace)
  await cluster.adminExpect('PATCH', secretPath, busySecret(0), apply)
  const providers = `/apis/llmfallback.io/v1alpha1/namespaces/${busyNamespace}/llmproviders`
  await cluster.adminExpect('POST', providers, busyProvider(provider.url))
  await cluster.adminExpect('PATCH', policyPath, busyPolicy(1), apply)
}

async function startOne({ cluster, service }: Bench, at: number): Promise<PodSidecar> {
  const spec = { namespace: busyNamespace, name: `busy-${at}`, labels: { app: 'busy' }, node: 'node-1' }
  const pod = await cluster.createPod(spec)
  await cluster.setPodRunning(pod)
  return startPodSidecar(cluster, { pod, pushUrl: service.pushUrl, entry: shippedSidecar })
}

/** From the moment at which the API server is asked to store the key until each sidecar sends it. */
async function measureRotations(scene: Scene, count: number): Promise<FleetFigures['rotation']> {
  const { bench, provider, urls } = scene
  const callers = startCallers(urls, 'rotation')
  const firstUses: number[] = []
  for (let rotation = 1; rotation <= count; rotation += 1) {
    const from = callers.answered.length
    const startedAt = Date.now()
    await bench.cluster.adminExpect('PATCH', secretPath, busySecret(rotation), apply)
    const usesIt = ({ content }: Answered) => provider.seen(content).keys.includes(busyKey(rotation))
    const firsts = await eventually(
      `every sidecar uses key ${rotation}`,
      () => {
        const uses = callers.answered.slice(from).filter(usesIt)
        const first = urls.map((_, caller) => uses.find(one => one.caller === caller)?.askedAt)
        return first.every(time => time !== undefined) ? first : undefined
      },
      firstUseWithinMs,
    )
    firstUses.push(...firsts.map(time => time - startedAt))
    await sleep(restBetweenRotationsMs)
  }
  await callers.stop()
  return {
    sidecars: urls.length,
    rotations: count,
    firstUseMs: { p50: percentile(firstUses, 0.5), p99: percentile(firstUses, 0.99) },
    requests: callers.answered.length,
    failed: callers.answered.filter(({ status }) => status !== 200).length,
  }
}

/** Each generation names models of its own, so that what a walk asked for tells which policy it followed. */
async function measureEdits(scene: Scene, count: number): Promise<FleetFigures['edits']> {
  const { bench, provider, urls } = scene
  const callers = startCallers(urls, 'edits')
  const last = count + 1
  for (let generation = 2; generation <= last; generation += 1) {
    await bench.cluster.adminExpect('PATCH', policyPath, busyPolicy(generation), apply)
  }
  await eventually(
    'the last edit serves everywhere',
    () => urls.every((_, caller) => newestOf(callers.answered, caller) === `busy@${last}`) || undefined,
    firstUseWithinMs,
  )
  await callers.stop()
  const { answered } = callers
  const isMixed = ({ content, policy }: Answered) => isOfSeveral(provider.seen(content).models, policy)
  return {
    count,
    requests: answered.length,
    policiesSeen: new Set(answered.map(({ policy }) => policy)).size,
    lost: answered.filter(({ status }) => status !== 200).length,
    mixed: answered.filter(answer => answer.status === 200 && isMixed(answer)).length,
  }
}

function newestOf(answered: readonly Answered[], caller: number): string | undefined {
  return answered.findLast(one => one.caller === caller)?.policy
}

/** Whether one walk followed more than one generation, or another one than its answer names. */
export function isOfSeveral(models: readonly string[], policy: string): boolean {
  const generation = policy.split('@')[1] ?? ''
  return models.length === 0 || models.some(model => model.split('-')[1] !== generation)
}
