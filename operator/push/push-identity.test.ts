// Who gets a stream.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { controlHeaders, controlPaths } from '../../crds/snapshot/control-frames.ts'
import { eventually } from '../../test/support/eventually.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import type { PushLimits } from './push-limits.ts'
import { digestOf, sampleAssignment, samplePlan, samplePod } from './sample-cluster.ts'
import { SamplePushServer } from './sample-push-server.ts'
import { answerTo, openStream } from './sample-sidecar.ts'

const read = (name: string) =>
  readFileSync(new URL(`../../test/support/tls/${name}`, import.meta.url), 'utf8')
const certificate = { cert: read('provider.pem'), key: read('provider.key') }
const tls = { certificate, ca: read('ca.pem'), servername: 'provider.test' }

async function start(context: TestContext, limits: Partial<PushLimits> = {}) {
  const clock = new FakeClock()
  const push = new SamplePushServer({ clock, ...tls, limits })
  await push.listen()
  context.after(async () => {
    const drained = push.server.drain()
    await clock.advance(10_000)
    await drained
  })
  return { clock, push }
}

test('greets a pod whose token and cache entry agree', async context => {
  const { push } = await start(context)
  const stream = await push.connect('a')
  assert.equal(stream.status, 200)
  assert.equal(stream.headers['content-type'], 'application/x-ndjson')
  assert.deepEqual(stream.frames[0], {
    kind: 'hello',
    protocol: 1,
    heartbeatMs: 15_000,
  })
  assert.equal(push.server.stats().streams, 1)
})

test('refuses a request without a token, before anybody is asked', async context => {
  const { push } = await start(context)
  const stream = await openStream(push.target, undefined)
  assert.equal(stream.status, 401)
  assert.equal(stream.headers['www-authenticate'], 'Bearer')
  assert.equal(push.reviewer.reviews, 0)
})

test('refuses a token that the API server refuses, and keeps its reason to itself', async context => {
  const { push } = await start(context)
  const stream = await openStream(push.target, 'token-with-another-audience')
  assert.equal(stream.status, 401)
  assert.doesNotMatch(stream.body, /audience/)
  assert.deepEqual(push.events.at(-1), {
    kind: 'refused',
    status: 401,
    reason: 'tokenRefused',
    detail: 'invalid audience',
  })
})

test('refuses a token that has expired although its review was kind', async context => {
  const { push, clock } = await start(context)
  push.pods.put(samplePod('a'))
  push.reviewer.verdicts.set('old', push.reviewer.accept('a', clock.wallTime()))
  assert.equal((await openStream(push.target, 'old')).status, 401)
  assert.deepEqual(push.refusals(), ['tokenExpired'])
})

test('asks to come back when the API server cannot be asked', async context => {
  const { push } = await start(context)
  push.reviewer.verdicts.set('token', new Error('connection refused'))
  const stream = await openStream(push.target, 'token')
  assert.equal(stream.status, 503)
  assert.match(stream.headers['retry-after'] ?? '', /^[1-9]\d*$/)
})

test('refuses the token of a pod that is of another service account, or finished', async context => {
  const { push } = await start(context)
  push.pods.put(samplePod('a', { serviceAccount: 'other' }))
  push.pods.put(samplePod('b', { isFinished: true }))
  assert.equal((await openStream(push.target, 'token-of-a')).status, 403)
  assert.equal((await openStream(push.target, 'token-of-b')).status, 403)
  assert.deepEqual(push.refusals(), ['podDiffers', 'podFinished'])
})

test('does not serve a deleted pod, though its token still passes review', async context => {
  const { push, clock } = await start(context)
  const opening = openStream(push.target, 'token-of-deleted')
  await eventually('a review', () => push.reviewer.reviews || undefined)
  await clock.advance(2_000)
  const stream = await opening
  assert.equal(stream.status, 503)
  assert.deepEqual(push.refusals(), ['podUnknown'])
})

test('waits for a new pod that its cache does not show yet', async context => {
  const { push } = await start(context)
  const opening = openStream(push.target, 'token-of-new')
  await eventually('a review', () => push.reviewer.reviews || undefined)
  push.pods.put(samplePod('new'))
  assert.equal((await opening).status, 200)
})

test('refuses a protocol that it does not speak, and says which it does', async context => {
  const { push } = await start(context)
  const stream = await push.connect('a', { [controlHeaders.protocol]: '2' })
  assert.equal(stream.status, 426)
  assert.match(stream.body, /protocol 1/)
})

test('has nothing at other paths and methods, and no stream without a chunked body', async context => {
  const { push } = await start(context)
  push.pods.put(samplePod('a'))
  const head = (line: string, more = 'transfer-encoding: chunked') =>
    answerTo(
      push.target,
      `${line} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer token-of-a\r\n${more}\r\n\r\n`,
    )
  const stream = controlPaths.stream
  assert.match(await head('POST /'), /^HTTP\/1.1 404 .*unknownPath/s)
  assert.match(await head(`POST ${stream}?a=b`), /^HTTP\/1.1 404 /)
  assert.match(await head(`GET ${stream}`), /^HTTP\/1.1 405 .*wrongMethod/s)
  assert.match(await head(`POST ${stream}`, 'content-length: 2'), /^HTTP\/1.1 411 .*bodyNotChunked/s)
  assert.match(
    await head(`POST ${stream}`, 'content-length: x\r\ntransfer-encoding: chunked'),
    /^HTTP\/1.1 400 /,
  )
  assert.equal(push.server.stats().streams, 0)
})

test('lets a storm in at its own pace, and spreads the rest', async context => {
  const { push, clock } = await start(context, { admissionsPerSecond: 20, admissionBurst: 10 })
  for (let index = 0; index < 60; index += 1) push.pods.put(samplePod(`p${index}`))
  let waiting = Array.from({ length: 60 }, (_, index) => `token-of-p${index}`)
  let rounds = 0
  while (waiting.length > 0) {
    rounds += 1
    assert.ok(rounds < 20, 'the storm does not settle')
    const answers = await Promise.all(
      waiting.map(async token => ({ token, stream: await openStream(push.target, token) })),
    )
    const refused = answers.filter(answer => answer.stream.status !== 200)
    assert.ok(refused.every(({ stream }) => stream.status === 503 && stream.headers['retry-after']))
    waiting = refused.map(answer => answer.token)
    await clock.advance(1_000)
  }
  assert.equal(push.server.stats().streams, 60)
  assert.ok(rounds >= 3)
  assert.equal(push.reviewer.reviews, 60)
})

test('serves no more streams than it has room for', async context => {
  const { push } = await start(context, { maxStreams: 1 })
  assert.equal((await push.connect('a')).status, 200)
  assert.equal((await push.connect('b')).status, 503)
})

test('starts from the digest that the sidecar says is live, if it is one', async context => {
  const { push } = await start(context)
  push.server.publish(samplePlan(['a', 'b'], sampleAssignment({ digit: 'a' })))
  const same = await push.connect('a', { [controlHeaders.live]: digestOf('a') })
  const none = await push.connect('b', { [controlHeaders.live]: 'x' })
  await none.until('the snapshot', () => none.snapshots().length === 1)
  assert.deepEqual(same.snapshots(), [])
  assert.equal(push.server.fleet.local.find(samplePod('a').uid)?.live, digestOf('a'))
})

test('no token is in any event', async context => {
  const { push } = await start(context)
  push.reviewer.verdicts.set('token-of-c', new Error('token-of-c was refused'))
  await push.connect('a')
  await push.connect('b', { [controlHeaders.protocol]: '9' })
  await push.connect('c')
  assert.ok(push.events.length >= 3)
  assert.doesNotMatch(JSON.stringify(push.events), /token-of-/)
})
