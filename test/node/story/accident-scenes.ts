// Sidecars that end before their time: the kubelet starts them again, and what they knew is still there.
import assert from 'node:assert/strict'
import { eventually } from '../../support/eventually.ts'
import { type JsonRecord, recordOf } from '../../support/simulated-vendors/json.ts'
import type { Call } from '../watch-calls.ts'
import { exhaustMemory } from './exhaust-memory.ts'
import { listSidecarProcesses } from './find-sidecar-groups.ts'
import { shop } from './manifests.ts'
import { nameOf, patienceMs, type Stage, sidecarStatusOf } from './stage.ts'

/** A sidecar without memory is ended by the kernel; the app's SDK asks again, and the next one knows the policy. */
export async function runOutOfMemory(stage: Stage): Promise<void> {
  const pod = await pickPod(stage)
  const mark = stage.watch.calls().length
  await exhaustMemory(stage.node, pod)
  const end = await awaitRestart(stage, pod)
  assert.equal(end['reason'], 'OOMKilled')
  await expectLastPolicy(stage, pod)
  noteLongestCall(stage, 'a sidecar ran out of memory and came back', mark)
}

/** What it knew it has kept in memory; its keys it gets again from an operator, as they are kept nowhere. */
export async function crash(stage: Stage): Promise<void> {
  const pod = await pickPod(stage)
  const mark = stage.watch.calls().length
  for (const pid of await listSidecarProcesses(stage.node, pod)) process.kill(pid, 'SIGKILL')
  const end = await awaitRestart(stage, pod)
  assert.equal(end['exitCode'], 137)
  await expectLastPolicy(stage, pod)
  noteLongestCall(stage, 'a sidecar crashed and came back', mark)
}

/** Only one that has not ended before is started again at once. */
async function pickPod({ podsOf }: Stage): Promise<JsonRecord> {
  const pods = await podsOf(shop, 'app=assistant')
  const fresh = pods.find(pod => sidecarStatusOf(pod)['restartCount'] === 0)
  assert.ok(fresh, 'every sidecar of the assistant has been started again already')
  return fresh
}

/** @returns how the one before ended. */
async function awaitRestart({ node }: Stage, pod: JsonRecord): Promise<JsonRecord> {
  const path = `/api/v1/namespaces/${shop}/pods/${nameOf(pod)}`
  const look = async () => {
    const now = sidecarStatusOf(await node.adminExpect('GET', path))
    return Number(now['restartCount']) > 0 && now['ready'] === true ? now : undefined
  }
  const status = await eventually('the sidecar is back', look, patienceMs)
  return recordOf(recordOf(status['lastState'])['terminated'])
}

async function expectLastPolicy(stage: Stage, pod: JsonRecord): Promise<void> {
  const isNext = (call: Call) => call.pod === `${shop}/${nameOf(pod)}` && call.outcome === 'served'
  const call = await stage.nextCall('a call after the restart', isNext)
  assert.equal(call.policy, 'assistant@3')
}

/** The one that waited for the sidecar began before it was back. */
function noteLongestCall({ watch, note }: Stage, when: string, mark: number): void {
  const calls = watch
    .calls()
    .slice(mark)
    .filter(({ pod }) => pod.startsWith(`${shop}/assistant-`))
  note(`the longest call while ${when}`, `${Math.max(...calls.map(({ tookMs = 0 }) => tookMs))} ms`)
}
