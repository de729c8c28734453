// One size of fleet: edits until all have acked them, memory and processor time meanwhile, and a restart of the operator.
import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuMicroseconds, residentMemory } from '../bench/processes.ts'
import type { OperatorService } from '../support/cluster/operator-service.ts'
import type { Cluster } from '../support/cluster/start-cluster.ts'
import type { Operator } from '../support/cluster/start-operator.ts'
import { numberOf, recordOf } from '../support/simulated-vendors/json.ts'
import { type Fleet, namespace } from './fleet.ts'
import { policyObject } from './manifests.ts'
import { percentile } from './percentile.ts'
import type { FleetFigures } from './report.ts'

const edits = 10
const policyPath = `/apis/llmfallback.io/v1alpha1/namespaces/${namespace}/fallbackpolicies/load`
const applyPath = `${policyPath}?fieldManager=bench`
const lookEveryMs = 100
const accountedWithinMs = 60_000
/** Long enough for heartbeats and summaries to be part of the figures. */
const restMs = 3_000

export interface Bench {
  readonly cluster: Cluster
  readonly service: OperatorService
  readonly fleet: Fleet
  readonly tell: (sentence: string) => void
}

/** The rest is measured once, for all sizes. */
export type SizeFigures = Omit<FleetFigures, 'relist' | 'rotation' | 'edits'>

export async function measureFleet(bench: Bench, size: number): Promise<SizeFigures> {
  const { fleet, tell } = bench
  tell(`${size} sidecars: making pods and tokens, connecting`)
  await restartOperator(bench)
  const operator = onlyOperator(bench)
  await fleet.growTo(size)
  const first = await applyPolicy(bench)
  await fleet.waitFor(`${size} acks of the first policy`, ({ acked }) => acked === size, first.generation)
  // The operator has to lead first: the lease of the one before has to run out.
  await timeUntil(first, async () => (await countShown(bench, first.generation)) === size)
  await sleep(restMs)
  tell(`${size} sidecars: ${edits} edits`)
  const { latencies, counted, shown, bytes, generation } = await editAgainAndAgain(bench, size)
  const rssMiB = residentMemory(operator.pid)
  const cpuSeconds = cpuMicroseconds(operator.pid) / 1e6
  const missedEvents = sumOf(await operator.metrics(), /missed/)
  tell(`${size} sidecars: killing the operator and starting another`)
  const reconnectStormSeconds = await measureStorm(bench, size, generation)
  const unaccountedPods = await countUnaccounted(onlyOperator(bench), size)
  return {
    sidecars: size,
    applyToAckedMs: { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) },
    applyToCountedMs: Math.max(...counted),
    applyToStatusMs: Math.max(...shown),
    operator: { rssMiB, cpuSeconds },
    reconnectStormSeconds,
    bytesPerPush: bytes / (edits * size),
    missedEvents,
    unaccountedPods,
    loadAverage: loadavg()[0] ?? 0,
  }
}

async function editAgainAndAgain(bench: Bench, size: number) {
  const latencies: number[] = []
  const counted: number[] = []
  const shown: number[] = []
  let bytes = 0
  let generation = 0
  for (let edit = 0; edit < edits; edit += 1) {
    const before = await bench.fleet.count(0)
    const verdictsBefore = await countVerdicts(bench)
    const applied = await applyPolicy(bench)
    generation = applied.generation
    await bench.fleet.waitFor(`${size} acks`, ({ acked }) => acked === size, generation)
    counted.push(await timeUntil(applied, async () => (await countVerdicts(bench)) - verdictsBefore >= size))
    shown.push(await timeUntil(applied, async () => (await countShown(bench, generation)) === size))
    const { at } = await bench.fleet.acks(generation)
    latencies.push(...at.map(time => time - applied.startedAt))
    bytes += (await bench.fleet.count(0)).bytes - before.bytes
  }
  return { latencies, counted, shown, bytes, generation }
}

async function timeUntil(
  { startedAt }: { readonly startedAt: number },
  isSo: () => Promise<boolean>,
): Promise<number> {
  for (;;) {
    if (await isSo()) return Date.now() - startedAt
    if (Date.now() - startedAt > accountedWithinMs) throw new Error('waited in vain for the verdicts')
    await sleep(lookEveryMs)
  }
}

/** Verdicts that the operator has taken. */
async function countVerdicts(bench: Bench): Promise<number> {
  const lines = (await onlyOperator(bench).metrics()).split('\n')
  return sumOf(lines.filter(line => line.includes('event="verdict"')).join('\n'), /_events_total$/)
}

/** Pods that the status of the policy calls programmed. */
async function countShown({ cluster }: Bench, generation: number): Promise<number> {
  const status = recordOf((await cluster.adminExpect('GET', policyPath))['status'])
  if (status['observedGeneration'] !== generation) return 0
  return numberOf(recordOf(status['pods'])['programmed']) ?? 0
}

/** From the kill until every stream is open again. */
async function measureStorm(bench: Bench, size: number, generation: number): Promise<number> {
  const startedAt = performance.now()
  await restartOperator(bench)
  await bench.fleet.waitFor(`${size} streams again`, ({ open }) => open === size, generation)
  return (performance.now() - startedAt) / 1_000
}

export async function restartOperator({ service }: Bench): Promise<void> {
  for (const operator of service.operators()) await service.killOperator(operator)
  await service.addOperator()
}

function onlyOperator({ service }: Bench): Operator {
  const [operator] = service.operators()
  if (operator === undefined) throw new Error('no operator runs')
  return operator
}

async function applyPolicy({ cluster }: Bench): Promise<{ generation: number; startedAt: number }> {
  const startedAt = Date.now()
  // A deadline that no edit before had, so that the compiled policy differs.
  const policy = policyObject(namespace, 10 + (Math.floor(startedAt / 100) % 3_000))
  const contentType = 'application/apply-patch+yaml'
  const applied = await cluster.adminExpect('PATCH', applyPath, policy, { contentType })
  return { generation: numberOf(recordOf(applied['metadata'])['generation']) ?? 0, startedAt }
}

/** Pods of the fleet that the operator does not count as running the policy, once it had time to hear of them. */
async function countUnaccounted(operator: Operator, size: number): Promise<number> {
  const givesUpAt = performance.now() + accountedWithinMs
  for (;;) {
    const pods = await operator.fleet()
    const programmed = pods.filter(pod => pod['namespace'] === namespace && pod['state'] === 'programmed')
    if (programmed.length === size || performance.now() > givesUpAt) return size - programmed.length
    await sleep(500)
  }
}

/** Sum over all series whose name matches. */
export function sumOf(metrics: string, name: RegExp): number {
  return metrics
    .split('\n')
    .filter(line => !line.startsWith('#') && name.test(line.split(/[{ ]/, 1)[0] ?? ''))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
