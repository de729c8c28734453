// From `helm install` to `helm uninstall` on a real node, with nothing simulated but the vendors. Every step is seen from outside.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as accidents from './story/accident-scenes.ts'
import * as bordering from './story/border-scenes.ts'
import * as guided from './story/docs-scenes.ts'
import { explain } from './story/explain.ts'
import * as installing from './story/install-scenes.ts'
import * as living from './story/live-scenes.ts'
import * as measuring from './story/measure-scenes.ts'
import * as operating from './story/operate-scenes.ts'
import * as pods from './story/pod-scenes.ts'
import { openStage, type Stage } from './story/stage.ts'

let stage: Stage
before(async () => {
  stage = await openStage()
})
after(() => stage?.close())

const scenes: readonly { readonly title: string; play(stage: Stage): Promise<void> }[] = [
  { title: 'both charts install, and the operator gets ready', play: installing.install },
  { title: 'helm test sends a request through an injected pod', play: installing.testWithHelm },
  { title: 'in a labelled namespace pods come up with the sidecar and without a key', play: living.protect },
  { title: 'a call whose vendor fails is served all the same', play: living.rescue },
  { title: 'a pod that was left out is counted as such', play: bordering.countLeftOut },
  { title: 'an app sees nothing of its sidecar', play: bordering.lookAround },
  { title: 'an edit of the policy is live without a restart', play: living.editPolicy },
  { title: 'a rotated Secret reaches the next calls', play: living.rotateKeys },
  { title: 'a bad edit is refused in words, and the good policy works on', play: living.refuseEdits },
  { title: 'with all operator pods deleted the calls go on', play: living.deleteOperators },
  {
    title: 'without any operator only new pods of labelled namespaces wait',
    play: bordering.goWithoutOperators,
  },
  { title: 'a pod that is deleted while it streams finishes its stream', play: pods.deleteWhileStreaming },
  { title: 'Jobs and CronJobs call and complete', play: pods.completeJobs },
  { title: 'a sidecar that runs out of memory comes back with its policy', play: accidents.runOutOfMemory },
  { title: 'a sidecar that crashes comes back with its policy and its keys', play: accidents.crash },
  { title: 'a namespace that enforces restricted takes injected pods', play: pods.bearRestrictions },
  { title: 'figures of starts', play: measuring.measureStarts },
  { title: 'figures of admissions', play: measuring.measureInjection },
  { title: 'figures of memory', play: measuring.measureMemory },
  { title: 'an upgrade replaces the operator and no call is lost', play: installing.upgrade },
  { title: 'an uninstallation takes the webhooks along and no call', play: installing.uninstall },
  {
    title: 'nothing of the operator is left, and new pods come up without it',
    play: bordering.findNothingLeft,
  },
  { title: 'of all calls in all of this none is lost', play: living.countCalls },
  { title: 'the cluster is as it was', play: installing.sweep },
  { title: 'by the pages: definitions, keys, and an operator as OpenShift gets it', play: guided.prepare },
  { title: 'by the pages: an installation protects pods that were there before', play: guided.protectByPage },
  { title: 'by the pages: an upgrade brings keys of a team', play: operating.upgradeByPage },
  { title: 'by the pages: every question has its answer', play: operating.askEverything },
  { title: 'by the pages: glass is broken and mended', play: operating.breakGlass },
  { title: 'by the pages: keys and authority are rotated', play: operating.rotateByPage },
  { title: 'by the pages: replicas are added, and an upgrade is taken back', play: operating.scaleByPage },
  { title: 'by the pages: a namespace is taken out', play: operating.takeOutByPage },
  { title: 'by the pages: an uninstallation leaves the cluster as it was', play: guided.uninstallByPage },
  {
    title: 'by the pages: the plain manifest installs the same and goes as clean',
    play: guided.installWithoutHelm,
  },
  { title: 'every command of the pages was typed', play: guided.findNothingUntyped },
]

let failed: string | undefined
for (const { title, play } of scenes) {
  test(title, async () => {
    if (failed !== undefined) assert.fail(`not played: "${failed}" failed`)
    await play(stage).catch(async error => {
      failed = title
      process.stderr.write(await explain(stage.node))
      throw error
    })
  })
}
