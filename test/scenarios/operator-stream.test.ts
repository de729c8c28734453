// The sidecar and its operator: what is pushed goes live, what cannot run is refused, keys come and go, health goes up.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chatText } from '../support/ask.ts'
import { eventually } from '../support/eventually.ts'
import { manualChain, snapshotOf } from '../support/snapshots.ts'
import { assertNowhere, keys, openOperatorStage } from './operator-stage.ts'
import { failWith } from './wire.ts'

const timeout = 60_000

test('the first policy makes the sidecar ready, and an edit replaces it', { timeout }, async t => {
  const stage = await openOperatorStage(t)
  assert.equal((await stage.ready()).status, 503)
  const one = snapshotOf(manualChain('one'))
  assert.deepEqual(await stage.push(one), { digest: one.digest, verdict: 'Applied' })
  assert.equal(chatText(await stage.ask()), 'one')
  const { status, text } = await stage.ready()
  assert.equal(status, 200)
  assert.match(text, /ready: test\/pushed@1\nsource: operator, connected since .+\nsnapshot: live since /)
  const two = snapshotOf(manualChain('two'), [], { generation: 2 })
  assert.deepEqual(await stage.push(two), { digest: two.digest, verdict: 'Applied' })
  assert.equal(chatText(await stage.ask()), 'two')
  assert.deepEqual(await stage.push(two), { digest: two.digest, verdict: 'Applied' })
  const [connect] = stage.operator().connects
  assert.deepEqual([connect?.token, connect?.live, connect?.protocol], ['token-one', undefined, '1'])
  assert.equal(await stage.metric('llm_fallback_control_stream_connected'), 1)
  assert.ok((await stage.metric('llm_fallback_config_age_seconds')) !== undefined)
})

test('a rotated key reaches the next request, a deleted one is gone at once and its step is skipped', {
  timeout,
}, async t => {
  const stage = await openOperatorStage(t)
  const [oldKey, newKey] = ['pushed-key-of-a-old-1111', 'pushed-key-of-a-new-2222']
  await stage
    .operator()
    .send({ kind: 'credentials', secrets: keys({ a: oldKey, b: 'pushed-key-of-b-3333' }) })
  await stage.push(stage.chainOfBoth())
  await stage.ask()
  assert.equal(stage.first.requests.at(-1)?.headers['authorization'], `Bearer ${oldKey}`)
  await stage
    .operator()
    .send({ kind: 'credentials', secrets: keys({ a: newKey, b: 'pushed-key-of-b-3333' }) })
  await stage.push(stage.chainOfBoth())
  await stage.ask()
  assert.equal(stage.first.requests.at(-1)?.headers['authorization'], `Bearer ${newKey}`)
  await stage.operator().send({ kind: 'credentials', secrets: keys({ b: 'pushed-key-of-b-3333' }) })
  await stage.push(stage.chainOfBoth())
  const answer = await stage.ask()
  assert.equal(chatText(answer), 'from the second')
  assert.equal(answer.verdict.reason, 'auth_error')
  assert.match(answer.verdict.attempts ?? '', /^a;skipped=AuthFailed, b;served;ms=\d+$/)
  const asked = stage.first.requests.length
  await stage.operator().send({ kind: 'credentials', secrets: keys({ a: newKey }) })
  await stage.push(stage.chainOfBoth())
  assert.equal(chatText(await stage.ask()), 'from the first')
  assert.equal(stage.first.requests.length, asked + 1)
  await assertNowhere(stage, [oldKey, newKey, 'pushed-key-of-b-3333', 'token-one'])
})

test('around a rotation the other version is asked with once', { timeout }, async t => {
  const stage = await openOperatorStage(t)
  const push = (a: string) => stage.operator().send({ kind: 'credentials', secrets: keys({ a }) })
  await push('pushed-key-of-a-old-1111')
  await stage.push(stage.chainOfBoth())
  await push('pushed-key-of-a-new-2222')
  await stage.push(stage.chainOfBoth())
  stage.first.script(failWith(401))
  const answer = await stage.ask()
  assert.match(answer.verdict.attempts ?? '', /^a;served;ms=\d+$/)
  assert.deepEqual(
    stage.first.requests.map(request => request.headers['authorization']?.slice(-4)),
    ['2222', '1111'],
  )
})

test('a snapshot that was tampered with or cannot be run is refused in words, and the old one works on', {
  timeout,
}, async t => {
  const stage = await openOperatorStage(t)
  await stage.push(snapshotOf(manualChain('good')))
  const { digest } = snapshotOf(manualChain('good'))
  const tampered = { ...snapshotOf(manualChain('evil')), digest }
  const verdict = await stage.push(tampered)
  assert.equal(verdict['verdict'], 'Rejected')
  assert.equal(verdict['message'], 'snapshot: digest: is not the digest of this content')
  assert.equal(chatText(await stage.ask()), 'good')
  const strange = { ...snapshotOf([]), policies: 'none' }
  await stage.operator().sendBytes(`${JSON.stringify({ kind: 'snapshot', snapshot: strange })}\n`)
  await eventually('the second refusal', () => stage.operator().verdicts[2])
  assert.match((await stage.ready()).text, /latest change refused: snapshot: policies: /)
  assert.equal(chatText(await stage.ask()), 'good')
})

test('what the sidecar sees of its targets goes up with the heartbeat', { timeout }, async t => {
  const stage = await openOperatorStage(t)
  await eventually('a stream', () => stage.operator().connects[0])
  stage.operator().answerStreams({ kind: 'open', heartbeatMs: 300 })
  stage.operator().cut()
  await eventually('a stream with short heartbeats', () => stage.operator().connects[1])
  await stage.operator().send({ kind: 'credentials', secrets: keys({ a: 'key-of-a', b: 'key-of-b' }) })
  await stage.push(stage.chainOfBoth())
  stage.first.script(failWith(500))
  await stage.ask()
  await stage.operator().send({ kind: 'heartbeat' })
  const report = await eventually('a report with both targets', () =>
    stage.operator().healthReports.find(({ targets }) => Array.isArray(targets) && targets.length === 2),
  )
  assert.deepEqual(report['targets'], [
    { provider: 'LLMProvider/test/a', model: 'm', breaker: 'closed', attempts: 1, failures: 1 },
    { provider: 'LLMProvider/test/b', model: 'm', breaker: 'closed', attempts: 1, failures: 0 },
  ])
})
