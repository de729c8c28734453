import assert from 'node:assert/strict'
import { connect } from 'node:net'
import test, { after, before } from 'node:test'
import fc from 'fast-check'
import { Agent, request } from 'undici'
import { policyObject, question, reviewBody, sourcesOf, specOver } from '../../test/support/admission-kit.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { injectionSources, podReview, samplePod } from '../../test/support/injection-kit.ts'
import { isRecord, parseRecord, recordOf } from '../../test/support/simulated-vendors/json.ts'
import { createAuthority } from '../certificates/authority.ts'
import { issueLeaf, type Leaf } from '../certificates/issue-leaf.ts'
import type { AdmissionEvent } from './admission-events.ts'
import { createAdmissionServer } from './admission-server.ts'

const authority = await createAuthority(Date.now())
const newLeaf = () => issueLeaf(authority, { hosts: ['127.0.0.1'], now: Date.now() })

const events: AdmissionEvent[] = []
const listeners = new Set<() => void>()
let leaf: Leaf = await newLeaf()
let port = 0

const server = createAdmissionServer({
  sources: sourcesOf({ namespaces: { support: {} } }),
  injection: injectionSources(),
  certificate: {
    current: () => leaf,
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  },
  clock: new FakeClock(),
  report: event => events.push(event),
})
const agent = new Agent({ connect: { ca: authority.certificate } })

before(async () => {
  port = await server.listen({ host: '127.0.0.1', port: 0 })
})
after(async () => {
  await agent.destroy()
  await server.close()
})

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

async function post(body: string, path = '/validate?timeout=5s', dispatcher = agent): Promise<Answer> {
  const answer = await request(`https://127.0.0.1:${port}${path}`, {
    method: 'POST',
    dispatcher,
    headers: { 'content-type': 'application/json' },
    body,
    signal: AbortSignal.timeout(10_000),
  })
  return { status: answer.statusCode, body: parseRecord(await answer.body.text()) ?? {} }
}

const ask = (object: Readonly<Record<string, unknown>>) => post(JSON.stringify(reviewBody(question(object))))

test('a good object is allowed under the UID of the question, with its warnings', async () => {
  const { status, body } = await ask(policyObject('p', specOver(['openai'])))
  const response = recordOf(body['response'])
  assert.equal(status, 200)
  assert.deepEqual([body['apiVersion'], body['kind']], ['admission.k8s.io/v1', 'AdmissionReview'])
  assert.deepEqual([response['uid'], response['allowed']], ['a3b1', true])
  assert.match(String(response['warnings']), /there is no LLMProvider of this name/)
})

test('whoever opens connections and says nothing leaves the API server its places', async t => {
  const crowd = Array.from({ length: 600 }, () =>
    connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' }).on('error', () => undefined),
  )
  t.after(() => {
    for (const socket of crowd) socket.destroy()
  })
  await Promise.all(crowd.slice(256).map(socket => new Promise(resolve => socket.once('close', resolve))))
  assert.equal((await ask(policyObject('p', specOver(['openai'])))).status, 200)
})

test('a bad one is refused as Invalid, each problem on a line of its own and as a cause', async () => {
  const { body } = await ask(policyObject('p', { priority: 'high', routes: [] }))
  const { allowed, status } = recordOf(body['response'])
  const { code, reason, message, details } = recordOf(status)
  assert.deepEqual([allowed, code, reason], [false, 422, 'Invalid'])
  assert.deepEqual(
    String(message)
      .split('\n')
      .map(line => line.split(':')[0]),
    ['spec.priority', 'spec.routes'],
  )
  assert.deepEqual(recordOf(details)['kind'], 'FallbackPolicy')
  assert.match(JSON.stringify(details), /"field":"spec.priority"/)
  const reviewed = events.findLast(event => event.kind === 'reviewed')
  assert.deepEqual(reviewed, {
    kind: 'reviewed',
    resource: 'FallbackPolicy',
    outcome: 'refused',
    durationMs: 0,
  })
})

test('what is no review is a 400 that says what is expected', async () => {
  for (const body of [
    '',
    '{',
    'null',
    '[]',
    '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}',
  ]) {
    const answer = await post(body)
    assert.equal(answer.status, 400, body)
    assert.ok(String(answer.body['message']).length > 10)
  }
})

test('a pod comes back with a patch, and is told under its decision', async () => {
  const { status, body } = await post(JSON.stringify(podReview(samplePod())), '/inject?timeout=5s')
  const { allowed, uid, patchType, patch } = recordOf(body['response'])
  assert.deepEqual([status, allowed, uid, patchType], [200, true, 'b7', 'JSONPatch'])
  assert.match(Buffer.from(String(patch), 'base64').toString(), /"path":"\/spec\/initContainers"/)
  const reviewed = events.findLast(event => event.kind === 'podReviewed')
  assert.deepEqual(reviewed, { kind: 'podReviewed', decision: 'injected', durationMs: 0 })
})

test('a pod that would get at the keys is refused with a sentence', async () => {
  const pod = samplePod({ shareProcessNamespace: true })
  const { body } = await post(JSON.stringify(podReview(pod)), '/inject')
  const { allowed, status } = recordOf(body['response'])
  assert.equal(allowed, false)
  assert.match(
    String(recordOf(status)['message']),
    /^spec\.shareProcessNamespace: llm-fallback: .*inject="false"\.$/,
  )
})

test('pods of the operator and of kube-system, and what is no new pod, pass as they are', async () => {
  const reviews = [
    podReview(samplePod(), { namespace: 'llm-fallback-system' }),
    podReview(samplePod(), { namespace: 'kube-system' }),
    podReview(samplePod(), { operation: 'UPDATE' }),
    podReview(samplePod(), { kind: { group: 'apps', version: 'v1', kind: 'Deployment' } }),
  ]
  for (const review of reviews) {
    const { body } = await post(JSON.stringify(review), '/inject')
    assert.deepEqual(body['response'], { uid: 'b7', allowed: true })
  }
})

test('what is no review of a pod is a 400 on this path, too', async () => {
  assert.equal((await post('{"kind":"Pod"}', '/inject')).status, 400)
})

test('more than 3 MiB, other paths and other methods are refused', async () => {
  const huge = JSON.stringify({ filler: 'x'.repeat(3 * 1024 * 1024) })
  assert.equal((await post(huge)).status, 413)
  assert.equal((await post('{}', '/mutate')).status, 404)
  const answer = await request(`https://127.0.0.1:${port}/validate`, { dispatcher: agent })
  await answer.body.dump()
  assert.equal(answer.statusCode, 404)
})

test('no garbage crashes it: the answer is a 4xx, or a review with the UID that was asked', async () => {
  const kind = fc.constantFrom(
    'FallbackPolicy',
    'ClusterFallbackPolicy',
    'LLMProvider',
    'ClusterLLMProvider',
    'Pod',
  )
  const asked = fc.record(
    {
      uid: fc.oneof(fc.uuid(), fc.jsonValue()),
      kind: fc.oneof(fc.record({ group: fc.constant('llmfallback.io'), kind }), fc.jsonValue()),
      operation: fc.oneof(fc.constantFrom('CREATE', 'UPDATE', 'DELETE'), fc.string()),
      object: fc.oneof(
        fc.jsonValue(),
        kind.map(word => policyObject('p', { [word]: {} })),
      ),
      oldObject: fc.jsonValue(),
      namespace: fc.oneof(fc.constant('support'), fc.jsonValue()),
    },
    { requiredKeys: [] },
  )
  const review = asked.map(content => ({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: content,
  }))
  const body = fc.oneof(
    review.map(value => JSON.stringify(value)),
    fc.json(),
    fc.string(),
  )
  await fc.assert(
    fc.asyncProperty(body, async text => {
      const answer = await post(text)
      if (answer.status >= 400 && answer.status < 500) return
      assert.equal(answer.status, 200)
      const response = recordOf(answer.body['response'])
      assert.equal(response['uid'], recordOf(parseRecord(text)?.['request'])['uid'])
      assert.equal(typeof response['allowed'], 'boolean')
      assert.ok(response['allowed'] === true || isRecord(response['status']))
    }),
    { numRuns: 300 },
  )
})

test('names that mean something to JavaScript are names like any other', async () => {
  const object = JSON.parse(
    '{"apiVersion":"llmfallback.io/v1alpha1","kind":"LLMProvider","metadata":{"name":"a","annotations":{"__proto__":"x","constructor":"y"}},"spec":{"dialect":"OpenAI"}}',
  )
  assert.equal(recordOf((await ask(object)).body['response'])['allowed'], true)
})

test('nesting deeper than the stack is refused like any other mistake', async () => {
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
  const request = `{"uid":"a","kind":{"group":"llmfallback.io","kind":"LLMProvider"},"operation":"UPDATE","object":{"spec":${deep}},"oldObject":{"spec":${deep}}}`
  const { body } = await post(
    `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":${request}}`,
  )
  assert.equal(recordOf(body['response'])['allowed'], false)
  assert.equal((await ask(policyObject('p', specOver(['openai'])))).status, 200)
})

test('new connections meet a new certificate, and one that cannot be used changes nothing', async () => {
  const tell = () => {
    for (const listener of listeners) listener()
  }
  const authorityAfter = await createAuthority(Date.now())
  const trusting = new Agent({ connect: { ca: authorityAfter.certificate } })
  try {
    await assert.rejects(post('{}', '/validate', trusting))
    leaf = await issueLeaf(authorityAfter, { hosts: ['127.0.0.1'], now: Date.now() })
    tell()
    assert.equal((await post('{}', '/validate', trusting)).status, 400)
    leaf = { ...leaf, key: 'nonsense' }
    tell()
    assert.ok(events.some(({ kind }) => kind === 'certificateUnusable'))
    const another = new Agent({ connect: { ca: authorityAfter.certificate } })
    assert.equal((await post('{}', '/validate', another)).status, 400)
    await another.destroy()
  } finally {
    await trusting.destroy()
  }
})
