// The life of a pod with a sidecar: its end, its tasks, its accidents, its limits.
import assert from 'node:assert/strict'
import { eventually } from '../../support/eventually.ts'
import { recordOf } from '../../support/simulated-vendors/json.ts'
import { testImages } from '../test-images.ts'
import { containerOf, deploymentOf, jobOf } from '../workloads.ts'
import {
  keysOf,
  policyOf,
  providersOf,
  restrictedContainer,
  restrictedLabels,
  secondKeys,
  shop,
  teamLabel,
  vault,
} from './manifests.ts'
import { nameOf, patienceMs, type Stage, timeout } from './stage.ts'

export async function deleteWhileStreaming(stage: Stage): Promise<void> {
  const { node, watch, podsOf } = stage
  const [pod = {}] = await podsOf(shop, 'app=streamer')
  const name = nameOf(pod)
  const callsOf = () => watch.calls().filter(call => call.pod === `${shop}/${name}`)
  const mark = callsOf().length
  const begun = await eventually('a stream is on its way', () => callsOf()[mark], patienceMs)
  await node.mustKubectl({}, 'delete', 'pod', '-n', shop, name, timeout)
  const ended = callsOf().find(({ number }) => number === begun.number)
  assert.equal(ended?.outcome, 'served')
  assert.deepEqual(
    callsOf().filter(({ outcome }) => outcome !== 'served'),
    [],
  )
  await stage.followDeployment(shop, 'streamer')
}

/** The sidecar ends with the task, and is there from the first init container on. */
export async function completeJobs(stage: Stage): Promise<void> {
  const { node, apply } = stage
  const early = containerOf({
    ...{ name: 'early', image: testImages.app },
    environment: { ASK: 'anthropic', CALLS: 'once' },
  })
  const options = { namespace: shop, name: 'report', labels: teamLabel, podSpec: { initContainers: [early] } }
  const job = jobOf(options)
  const cronJob = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { namespace: shop, name: 'nightly' },
    spec: { schedule: '0 3 1 1 *', jobTemplate: { spec: recordOf(recordOf(job)['spec']) } },
  }
  await apply(job, cronJob)
  await node.mustKubectl({}, 'create', 'job', '-n', shop, 'nightly-now', '--from=cronjob/nightly')
  for (const name of ['report', 'nightly-now']) {
    await node.mustKubectl({}, 'wait', '-n', shop, '--for=condition=Complete', `job/${name}`, timeout)
    for (const container of ['early', 'app']) {
      const log = await node.mustKubectl({}, 'logs', '-n', shop, `job/${name}`, '-c', container)
      assert.match(log, /"kind":"served"/)
    }
  }
}

export async function bearRestrictions(stage: Stage): Promise<void> {
  const { node, apply, nextCall } = stage
  const labels = Object.entries(restrictedLabels).map(([name, value]) => `${name}=${value}`)
  await node.mustKubectl({}, 'label', 'namespace', vault, ...labels)
  await apply(keysOf(vault, secondKeys), ...providersOf(vault), policyOf(vault, 'openai'))
  const options = { namespace: vault, name: 'careful', labels: teamLabel }
  await apply(deploymentOf({ ...options, containerSpec: restrictedContainer }))
  await stage.followDeployment(vault, 'careful')
  const call = await nextCall('a call from the restricted namespace', ({ pod }) =>
    pod.startsWith(`${vault}/`),
  )
  assert.notEqual(call.outcome, 'lost')
}
