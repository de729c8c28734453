// Two operators, and one of them fails: what sidecars run, what the status says and what each replica tells of the fleet.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { askChat, chatText } from '../support/ask.ts'
import { operatorNamespace } from '../support/cluster/operator-service.ts'
import type { Cluster, Pod } from '../support/cluster/start-cluster.ts'
import type { Operator } from '../support/cluster/start-operator.ts'
import { type PodSidecar, startPodSidecar } from '../support/cluster/start-pod-sidecar.ts'
import { eventually } from '../support/eventually.ts'
import { recordOf, textOf } from '../support/simulated-vendors/json.ts'
import {
  answeringPolicy,
  answerSnapshot,
  apply,
  namespace,
  openPatiently,
  openPushWorld,
  type PushWorld,
  runPod,
  standingOf,
  statusOf,
  targetOf,
  tokenOf,
} from './sample-push.ts'

/** A Lease lasts 15 s, and whoever waits for it looks every few seconds. */
const leaderWithinMs = 25_000
/** After its start an operator waits a while for sidecars to come back before it says that they are gone. */
const statusWithinMs = 20_000

let world: PushWorld
let cluster: Cluster
const sidecars: PodSidecar[] = []

before(async () => {
  world = await openPushWorld(2)
  cluster = world.cluster
  await apply(cluster, answeringPolicy('main', 'one', 'first edition'))
  for (const name of ['one', 'other', 'third']) {
    const pod = await runPod(cluster, name, { app: 'one' })
    sidecars.push(await startPodSidecar(cluster, { pod, pushUrl: world.service.pushUrl }))
  }
})
after(async () => {
  for (const sidecar of sidecars) await sidecar.stop()
  await world?.close()
})

/** Both replicas, the one that leads first. */
async function findLeader(): Promise<{ leader: Operator; follower: Operator }> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${operatorNamespace}/leases/llm-fallback`
  const { spec } = await cluster.adminExpect('GET', path)
  const holder = textOf(recordOf(spec)['holderIdentity']) ?? ''
  const operators = world.service.operators()
  const leader = operators.find(({ pid }) => holder.endsWith(`-${pid}`))
  const follower = operators.find(one => one !== leader)
  assert.ok(leader !== undefined && follower !== undefined)
  return { leader, follower }
}

/** What one replica tells of every pod, in the same order always. */
async function tellFleet(operator: Operator): Promise<readonly string[]> {
  return (await operator.fleet()).map(pod => JSON.stringify(pod)).sort()
}

function awaitSameFleets(): Promise<true> {
  return eventually('all replicas tell the same', async () => {
    const [one, other] = await Promise.all(world.service.operators().map(tellFleet))
    return JSON.stringify(one) === JSON.stringify(other) || undefined
  })
}

/** Waits until the status says of so many pods that they run the newest edition, and nothing of any other. */
function awaitStatus(programmed: number, withinMs: number): Promise<true> {
  return eventually(
    `the status says ${programmed} of ${programmed}`,
    async () => {
      const { pods, observedGeneration, generation } = await statusOf(cluster, 'main')
      const isWhole = pods['programmed'] === programmed && pods['matched'] === programmed
      return (observedGeneration === generation && isWhole) || undefined
    },
    withinMs,
  )
}

async function assertAnswer(text: string): Promise<void> {
  for (const { url } of sidecars) {
    await eventually(
      'the answer of the newest edition',
      async () => chatText(await askChat(url)) === text || undefined,
    )
  }
}

test('both replicas tell the same of the fleet, whichever of them holds a stream', async () => {
  for (const operator of world.service.operators()) {
    await eventually('it tells of three that run their policy', async () => {
      const states = (await operator.fleet()).map(({ state }) => state)
      return states.join(' ') === 'programmed programmed programmed' || undefined
    })
  }
  await awaitSameFleets()
})

test('a refusal that the follower hears stands in the status with its reason, until an edit mends it', async () => {
  const { follower } = await findLeader()
  const pod: Pod = await runPod(cluster, 'picky', { app: 'one' })
  const token = await tokenOf(cluster, pod)
  const target = await targetOf(cluster, follower)
  const stream = await openPatiently(target, token)
  const offered = (count: number) => stream.until('its snapshot', () => stream.snapshots().length === count)
  await offered(1)
  answerSnapshot(stream, { verdict: 'Rejected', message: 'routes[0]: too new for me' })
  const rejections = await eventually(
    'the status names it',
    async () => {
      const { rejections, programmed } = await statusOf(cluster, 'main')
      return programmed === 'False' && rejections.length > 0 ? rejections : undefined
    },
    statusWithinMs,
  )
  assert.deepEqual(rejections, [{ pod: `${namespace}/picky`, message: 'routes[0]: too new for me' }])
  await awaitSameFleets()
  await apply(cluster, answeringPolicy('main', 'one', 'second edition'))
  await offered(2)
  answerSnapshot(stream, { verdict: 'Applied' })
  await awaitStatus(4, 10_000)
  assert.deepEqual((await statusOf(cluster, 'main')).rejections, [])
  await cluster.deletePod(pod)
  await stream.until('the end of its stream', () => stream.isClosed)
  await awaitStatus(3, 10_000)
})

test('a pod whose sidecar was killed is stale on both replicas and in the status', async () => {
  const [sidecar] = sidecars.splice(0, 1)
  assert.ok(sidecar !== undefined)
  sidecar.signal('SIGKILL')
  await sidecar.ended
  for (const operator of world.service.operators()) {
    await eventually(
      'it is stale',
      async () => (await standingOf(operator, sidecar.pod))?.state === 'stale' || undefined,
    )
  }
  await eventually(
    'the status counts it',
    async () => (await statusOf(cluster, 'main')).pods['stale'] === 1 || undefined,
  )
  sidecars.push(await startPodSidecar(cluster, { pod: sidecar.pod, pushUrl: world.service.pushUrl }))
})

test('with the leader killed an edit is live at once, and its status follows when the Lease has run out', async () => {
  const { leader, follower } = await findLeader()
  await world.service.killOperator(leader)
  await apply(cluster, answeringPolicy('main', 'one', 'third edition'))
  await assertAnswer('third edition')
  await awaitStatus(3, leaderWithinMs)
  assert.deepEqual(
    (await follower.fleet()).map(({ state }) => state),
    ['programmed', 'programmed', 'programmed'],
  )
})

test('a replica that comes anew tells the same as the one that stayed', async () => {
  await world.service.addOperator()
  await awaitSameFleets()
  const { follower } = await findLeader()
  assert.equal((await follower.fleet()).length, 3)
})
