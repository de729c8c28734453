// Figures, printed and not judged: machines differ.
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../../support/eventually.ts'
import { numberOf, recordOf, recordsOf } from '../../support/simulated-vendors/json.ts'
import { namespaceOf, podTemplateOf, vendorUrls } from '../workloads.ts'
import { secondKeys, shop, teamLabel } from './manifests.ts'
import { patienceMs, type Stage } from './stage.ts'

const plain = 'plain'
const starts = 9
/** A kubelet looks at its containers once a second: whoever starts at the same moment of that each time measures the moment. */
const kubeletPeriodMs = 1000
const admissions = 100
/** Twenty a second. */
const admissionEveryMs = 50

export async function measureStarts(stage: Stage): Promise<void> {
  await stage.apply(namespaceOf(plain))
  const times: Record<string, number[]> = { [plain]: [], [shop]: [] }
  for (let number = 1; number <= starts; number += 1) {
    for (const namespace of [plain, shop]) {
      await sleep(Math.random() * kubeletPeriodMs)
      times[namespace]?.push(await timeToReady(stage, namespace, `start-${number}`))
    }
  }
  const without = median(times[plain] ?? [])
  const withSidecar = median(times[shop] ?? [])
  stage.note('a pod is ready without a sidecar after', `${without} ms`)
  stage.note('a pod is ready with its sidecar after', `${withSidecar} ms (+${withSidecar - without})`)
}

async function timeToReady({ node }: Stage, namespace: string, name: string): Promise<number> {
  const path = `/api/v1/namespaces/${namespace}/pods`
  const startedAt = performance.now()
  await node.adminExpect('POST', path, podOf(name))
  const look = async () => {
    const { body } = await node.adminRequest('GET', `${path}/${name}`)
    const conditions = recordsOf(recordOf(body['status'])['conditions'])
    return conditions.some(({ type, status }) => type === 'Ready' && status === 'True') || undefined
  }
  await eventually(`the pod ${name} is ready`, look, patienceMs)
  const tookMs = Math.round(performance.now() - startedAt)
  await node.adminExpect('DELETE', `${path}/${name}?gracePeriodSeconds=1`)
  return tookMs
}

function podOf(name: string): object {
  const direct = { OPENAI_BASE_URL: vendorUrls.openai, OPENAI_API_KEY: secondKeys.openai, PAUSE_MS: '5000' }
  const template = podTemplateOf({ namespace: '', name: 'start', labels: teamLabel, environment: direct })
  const { metadata, spec } = recordOf(template)
  return { apiVersion: 'v1', kind: 'Pod', metadata: { ...recordOf(metadata), name }, spec }
}

/** What the webhook adds to making a pod: the same request where it is asked and where it is not. */
export async function measureInjection(stage: Stage): Promise<void> {
  for (const [namespace, words] of [
    [plain, 'admission of a pod without injection'],
    [shop, 'admission of a pod with injection'],
  ] as const) {
    const times = await timeAdmissions(stage, namespace)
    stage.note(words, `p50 ${percentile(times, 50)} ms, p99 ${percentile(times, 99)} ms at 20 a second`)
  }
}

async function timeAdmissions({ node }: Stage, namespace: string): Promise<readonly number[]> {
  const running: Promise<number>[] = []
  for (let number = 0; number < admissions; number += 1) {
    const startedAt = performance.now()
    const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`
    const asked = node.adminExpect('POST', path, podOf(`probe-${number}`))
    running.push(asked.then(() => Math.round(performance.now() - startedAt)))
    await sleep(admissionEveryMs)
  }
  return Promise.all(running)
}

export async function measureMemory({ node, note }: Stage): Promise<void> {
  const summary = await node.adminExpect('GET', '/api/v1/nodes/node-1/proxy/stats/summary')
  const sets = recordsOf(summary['pods'])
    .filter(({ podRef }) => recordOf(podRef)['namespace'] === shop)
    .flatMap(({ containers }) => recordsOf(containers))
    .filter(({ name }) => name === 'llm-fallback')
    .map(({ memory }) => numberOf(recordOf(memory)['workingSetBytes']) ?? 0)
    .map(bytes => (bytes / 1024 / 1024).toFixed(1))
  note('working sets of the sidecars', `${sets.sort().join(', ')} MiB`)
}

function median(times: readonly number[]): number {
  return percentile(times, 50)
}

function percentile(times: readonly number[], rank: number): number {
  const sorted = [...times].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.ceil((rank / 100) * sorted.length) - 1)] ?? 0
}
