// What comes up beside a stream.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Agent, request as httpsRequest } from 'node:https'
import { type TestContext, test } from 'node:test'
import { controlHeaders, controlPaths, longestReport } from '../../crds/snapshot/control-frames.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import type { PushLimits } from './push-limits.ts'
import { digestOf, sampleAssignment, samplePlan, samplePod } from './sample-cluster.ts'
import { SamplePushServer } from './sample-push-server.ts'
import { sendReport } from './sample-sidecar.ts'

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

const applied = { digest: digestOf('a'), verdict: 'Applied' }
const rejected = { digest: digestOf('a'), verdict: 'Rejected', message: 'no such\u0007 dialect' }
const target = { provider: 'LLMProvider/shop/vendor', model: 'm', breaker: 'open', attempts: 3, failures: 2 }

async function offerTo(push: SamplePushServer, pod: string) {
  push.server.publish(samplePlan([pod], sampleAssignment({ digit: 'a' })))
  const stream = await push.connect(pod)
  await stream.until('a snapshot', () => stream.snapshots().length === 1)
  return stream
}

const stateOf = (push: SamplePushServer, pod: string) => push.server.fleet.local.find(samplePod(pod).uid)

test('a verdict changes what the fleet says of the pod', async context => {
  const { push } = await start(context)
  const told: string[] = []
  const { stream } = await offerTo(push, 'a')
  push.server.fleet.local.onChange(namespace => void told.push(namespace))
  assert.equal((await push.send(controlPaths.verdict, { pod: 'a', stream, body: applied })).status, 204)
  assert.equal(stateOf(push, 'a')?.live, digestOf('a'))
  assert.deepEqual(told, ['shop'])
})

test('a refusal is kept with its message made plain', async context => {
  const { push } = await start(context)
  const { stream } = await offerTo(push, 'a')
  await push.send(controlPaths.verdict, { pod: 'a', stream, body: rejected })
  assert.deepEqual(stateOf(push, 'a')?.rejected, { digest: digestOf('a'), message: 'no such dialect' })
  assert.equal(stateOf(push, 'a')?.live, undefined)
})

test('a refusal outlives the stream on which it was said', async context => {
  const { push } = await start(context)
  const { stream } = await offerTo(push, 'a')
  await push.send(controlPaths.verdict, { pod: 'a', stream, body: rejected })
  await push.connect('a')
  assert.equal(stateOf(push, 'a')?.rejected?.digest, digestOf('a'))
})

test('a verdict on a snapshot that was not offered is refused', async context => {
  const { push } = await start(context)
  const { stream } = await offerTo(push, 'a')
  const body = { ...applied, digest: digestOf('b') }
  assert.equal((await push.send(controlPaths.verdict, { pod: 'a', stream, body })).status, 409)
  assert.equal(stateOf(push, 'a')?.live, undefined)
})

test('a pod cannot report on the stream of another, nor learn that there is one', async context => {
  const { push } = await start(context)
  const { stream } = await offerTo(push, 'a')
  await push.connect('b')
  const forged = await push.send(controlPaths.verdict, { pod: 'b', stream, body: applied })
  const invented = await push.send(controlPaths.verdict, { pod: 'b', stream: 'none', body: applied })
  assert.equal(forged.status, 403)
  assert.deepEqual([forged.status, forged.body], [invented.status, invented.body])
  assert.equal(stateOf(push, 'a')?.live, undefined)
})

test('a report without a token is refused', async context => {
  const { push } = await start(context)
  const { stream } = await offerTo(push, 'a')
  const report = { path: controlPaths.health, token: '', stream, body: { targets: [] } }
  assert.equal((await sendReport(push.target, report)).status, 401)
})

test('a report on a stream that has ended is refused', async context => {
  const { push } = await start(context)
  const { stream } = await offerTo(push, 'a')
  await push.connect('a')
  assert.equal((await push.send(controlPaths.verdict, { pod: 'a', stream, body: applied })).status, 403)
})

test('health names only providers that the pod was given', async context => {
  const { push } = await start(context)
  const { stream } = await offerTo(push, 'a')
  const foreign = { ...target, provider: 'LLMProvider/other/vendor' }
  const inherited = { ...target, provider: '__proto__' }
  const body = { targets: [target, foreign, inherited] }
  assert.equal((await push.send(controlPaths.health, { pod: 'a', stream, body })).status, 204)
  assert.deepEqual(stateOf(push, 'a')?.targets, [target])
})

test('a breaker that moves is told at once, counts a little later', async context => {
  const { push, clock } = await start(context)
  const { stream } = await offerTo(push, 'a')
  const told: string[] = []
  push.server.fleet.merged.onChange(namespace => void told.push(namespace))
  const send = (targets: unknown) => push.send(controlPaths.health, { pod: 'a', stream, body: { targets } })
  await send([target])
  assert.equal(told.length, 1)
  await send([{ ...target, attempts: 9 }])
  assert.equal(told.length, 1)
  await clock.advance(16_000)
  assert.equal(told.length, 2)
})

test('malformed reports are refused with the field and without its content', async context => {
  const { push } = await start(context)
  const { stream } = await offerTo(push, 'a')
  for (const body of ['{', '[]', 'null', '{"targets":[{"provider":"sk-secret"}]}', '\u0000']) {
    const answer = await push.send(controlPaths.health, { pod: 'a', stream, body })
    assert.equal(answer.status, 400, body)
    assert.doesNotMatch(answer.body, /sk-secret/)
  }
})

test('a giant body is refused without being read', async context => {
  const { push } = await start(context)
  const { stream } = await offerTo(push, 'a')
  const body = 'x'.repeat(longestReport + 1)
  assert.equal((await push.send(controlPaths.health, { pod: 'a', stream, body })).status, 413)
})

test('a giant body that does not say its length is refused where it passes the limit', async context => {
  const { push } = await start(context)
  const { stream } = await offerTo(push, 'a')
  const request = httpsRequest({
    ...push.target,
    host: '127.0.0.1',
    path: controlPaths.health,
    method: 'POST',
    agent: false,
    headers: { authorization: 'Bearer token-of-a', [controlHeaders.stream]: stream },
  })
  const answered = once(request, 'response')
  for (let sent = 0; sent <= longestReport; sent += 64 * 1024) request.write('x'.repeat(64 * 1024))
  const [message] = await answered
  request.on('error', () => undefined)
  request.destroy()
  assert.equal(message.statusCode, 413)
})

test('a stream may follow a report on the same connection', async context => {
  const { push } = await start(context)
  const { stream } = await offerTo(push, 'a')
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  context.after(() => agent.destroy())
  const options = { ...push.target, host: '127.0.0.1', agent }
  const authorization = 'Bearer token-of-a'
  const report = httpsRequest({
    ...options,
    path: controlPaths.health,
    method: 'POST',
    headers: { authorization, [controlHeaders.stream]: stream },
  })
  report.end('{"targets":[]}')
  const [first] = await once(report, 'response')
  first.resume()
  await once(first, 'end')
  const second = httpsRequest({
    ...options,
    path: controlPaths.stream,
    headers: { authorization, [controlHeaders.protocol]: '1' },
  })
  second.end()
  const [message] = await once(second, 'response')
  assert.equal(second.reusedSocket, true)
  assert.equal(message.statusCode, 200)
  const [line] = await once(message, 'data')
  assert.match(line.toString(), /"kind":"hello"/)
  message.on('error', () => undefined)
  message.destroy()
})
