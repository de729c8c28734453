// Who gets a stream and whose word counts: real tokens of a real API server, shown by somebody who means no good.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openStream, type SampleTarget } from '../../operator/push/sample-sidecar.ts'
import { askChat, chatText } from '../support/ask.ts'
import type { Cluster, Pod } from '../support/cluster/start-cluster.ts'
import type { Operator } from '../support/cluster/start-operator.ts'
import { startPodSidecar } from '../support/cluster/start-pod-sidecar.ts'
import { eventually } from '../support/eventually.ts'
import {
  answeringPolicy,
  apply,
  audience,
  namespace,
  openPatiently,
  openPushWorld,
  type PushWorld,
  runPod,
  standingOf,
  targetOf,
  tokenOf,
} from './sample-push.ts'

let world: PushWorld
let cluster: Cluster
let operator: Operator
let target: SampleTarget
/** Lives through all tests. */
let good: Pod

before(async () => {
  world = await openPushWorld(1)
  cluster = world.cluster
  const [first] = world.service.operators()
  assert.ok(first !== undefined)
  operator = first
  target = await targetOf(cluster, operator)
  await cluster.createServiceAccount(namespace, 'other')
  await cluster.createNamespace('elsewhere')
  await apply(
    cluster,
    answeringPolicy('first', 'one', 'the first'),
    answeringPolicy('second', 'two', 'the second'),
  )
  good = await runPod(cluster, 'good', { app: 'one' })
})
after(() => world?.close())

const account = { namespace, name: 'default' }

/** Status and reason of a refusal; fails for whoever gets in. */
async function refusalOf(token: string | undefined, headers: Readonly<Record<string, string>> = {}) {
  const stream = await openStream(target, token, headers)
  stream.hangUp()
  const { reason } = JSON.parse(stream.body || '{}')
  return `${stream.status} ${reason}`
}

/** The text that a sidecar answers with. */
async function answerOf(url: string): Promise<string> {
  return chatText(await askChat(url))
}

test('a token opens a stream only when it is for us, alive and of a pod', async () => {
  const wishes = {
    'for another audience': { audience: 'vault', pod: good },
    'for the API server': { pod: good },
    'of no pod': { audience },
    'that has expired': { audience, pod: good, seconds: -1 },
    'of a pod that never was': { audience, pod: { ...good, uid: crypto.randomUUID() }, seconds: 60 },
  }
  for (const [what, wish] of Object.entries(wishes)) {
    assert.equal(await refusalOf(await cluster.tokenFor(account, wish)), '401 tokenRefused', what)
  }
  const other = await cluster.tokenFor({ namespace, name: 'other' }, { audience, pod: good, seconds: 60 })
  assert.equal(await refusalOf(other), '403 podDiffers', 'of another service account of the namespace')
})

test('what is no token, or is signed by nobody, opens nothing', async () => {
  const real = await tokenOf(cluster, good)
  const [head, claims] = real.split('.')
  assert.equal(await refusalOf(undefined), '401 noToken')
  assert.equal(await refusalOf('garbage'), '401 tokenRefused')
  assert.equal(await refusalOf(`${head}.${claims}.`), '401 tokenRefused')
  assert.equal(await refusalOf(`${head}.${claims}.AAAA`), '401 tokenRefused')
  const none = Buffer.from('{"alg":"none"}').toString('base64url')
  assert.equal(await refusalOf(`${none}.${claims}.AAAA`), '401 tokenRefused')
  assert.equal(await refusalOf(real, { 'x-filler': 'x'.repeat(17 * 1024) }), '431 requestMalformed')
  assert.equal(await refusalOf('x'.repeat(9 * 1024)), '401 noToken')
})

test('a pod that is deleted loses its stream, and its token opens no other', async () => {
  const pod = await runPod(cluster, 'deleted', { app: 'one' })
  const token = await tokenOf(cluster, pod)
  const stream = await openPatiently(target, token)
  await stream.until('its snapshot', () => stream.snapshots().length === 1)
  await cluster.deletePod(pod)
  await stream.until('the end of the stream', () => stream.isClosed)
  assert.equal(stream.farewell(), 'podGone')
  // For some seconds more the API server vouches for the token from memory.
  assert.match(await refusalOf(token), /^(401 tokenRefused|503 podUnknown)$/)
})

test('a pod of the same name is another pod', async () => {
  const before = await runPod(cluster, 'again', { app: 'one' })
  const oldToken = await tokenOf(cluster, before)
  const oldStream = await openPatiently(target, oldToken)
  await cluster.deletePod(before)
  const now = await runPod(cluster, 'again', { app: 'two' })
  await oldStream.until('the end of the stream', () => oldStream.isClosed)
  assert.match(await refusalOf(oldToken), /^(401 tokenRefused|403 podDiffers)$/)
  const stream = await openPatiently(target, await tokenOf(cluster, now))
  assert.equal(stream.status, 200)
  assert.match(await refusalOf(oldToken), /^(401 tokenRefused|403 podDiffers)$/)
  assert.equal(stream.isClosed, false, 'the old token does not end the new stream')
  stream.hangUp()
})

test('a sidecar runs what the labels of its pod say, whatever it says of itself', async () => {
  const pod = await runPod(cluster, 'liar', { app: 'one' })
  const sidecar = await startPodSidecar(cluster, {
    pod,
    pushUrl: world.service.pushUrl,
    environment: {
      LLM_FALLBACK_NAMESPACE: 'elsewhere',
      LLM_FALLBACK_POD_NAME: good.name,
      LLM_FALLBACK_POD_UID: good.uid,
      LLM_FALLBACK_POD_LABELS: 'app=two',
    },
  })
  assert.equal(await answerOf(sidecar.url), 'the first')
  assert.equal((await standingOf(operator, good))?.state, 'stale')
  await cluster.adminExpect('PATCH', `/api/v1/namespaces/${namespace}/pods/${pod.name}`, {
    metadata: { labels: { app: 'two' } },
  })
  await eventually(
    'the other policy',
    async () => (await answerOf(sidecar.url)) === 'the second' || undefined,
  )
  await eventually('it is told', async () => {
    const standing = await standingOf(operator, pod)
    return (standing?.policy === `${namespace}/second` && standing.state === 'programmed') || undefined
  })
  await sidecar.stop()
})

test('a stream ends with its token, and the next one begins with the token that the kubelet put in place', async () => {
  const pod = await runPod(cluster, 'rotating', { app: 'one' })
  const connects = (uid: string) =>
    operator.logLines().filter(({ msg, pod }) => msg === 'a sidecar connected' && pod === uid).length
  const sidecar = await startPodSidecar(cluster, { pod, pushUrl: world.service.pushUrl })
  const short = await tokenOf(cluster, pod, 4)
  await sidecar.renewToken(short)
  world.service.cutStreams()
  await eventually('it connects with the short one', () => connects(pod.name) === 2 || undefined)
  await sidecar.renewToken()
  await eventually('it connects with the fresh one', () => connects(pod.name) === 3 || undefined, 15_000)
  const ends = operator
    .logLines()
    .filter(({ pod, reason }) => pod === 'rotating' && reason === 'tokenExpired')
  assert.equal(ends.length, 1)
  await eventually(
    'it is still told of as live',
    async () => (await standingOf(operator, pod))?.state === 'programmed' || undefined,
  )
  await sidecar.stop()
})
