// Whatever happens to the operator or to its stream does not happen to the calls, and the sidecar comes back to it.
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { longestFrame } from '../../crds/snapshot/control-frames.ts'
import { chatText } from '../support/ask.ts'
import { eventually } from '../support/eventually.ts'
import { makeAuthority } from '../support/make-certificates.ts'
import { manualChain, snapshotOf } from '../support/snapshots.ts'
import { assertNowhere, keys, openOperatorStage } from './operator-stage.ts'

const timeout = 60_000

test('a stream that is cut is opened again and names what is live, and takes the next verdict', {
  timeout,
}, async t => {
  const stage = await openOperatorStage(t)
  const snapshot = snapshotOf(manualChain('kept'))
  await stage.push(snapshot)
  stage.operator().cut()
  const again = await eventually('a second stream', () => stage.operator().connects[1])
  assert.equal(again.live, snapshot.digest)
  assert.equal(chatText(await stage.ask()), 'kept')
  const next = snapshotOf(manualChain('next'), [], { generation: 2 })
  assert.deepEqual(await stage.push(next), { digest: next.digest, verdict: 'Applied' })
})

test('silence of three heartbeats ends a stream, and heartbeats keep it', { timeout }, async t => {
  const stage = await openOperatorStage(t)
  await eventually('a stream', () => stage.operator().connects[0])
  stage.operator().answerStreams({ kind: 'open', heartbeatMs: 200 })
  stage.operator().cut()
  await eventually('a stream with short heartbeats', () => stage.operator().connects[1])
  for (let beat = 0; beat < 6; beat += 1) {
    await new Promise(resolve => setTimeout(resolve, 150))
    await stage.operator().send({ kind: 'heartbeat' })
  }
  assert.equal(stage.operator().connects.length, 2)
  await eventually('a third stream', () => stage.operator().connects[2], 5_000)
  const lines = stage.sidecar().logLines()
  assert.ok(lines.some(line => line['cause'] === 'silent'))
  assert.ok(stage.operator().healthReports.length > 0)
})

test('with the operator gone a restarted sidecar serves what it kept, but has no pushed key', {
  timeout,
}, async t => {
  const stage = await openOperatorStage(t)
  await stage
    .operator()
    .send({ kind: 'credentials', secrets: keys({ a: 'key-of-a-5555', b: 'key-of-b-6666' }) })
  const both = stage.chainOfBoth()
  const [a, b] = both.policies[0]?.routes[0]?.chain ?? []
  assert.ok(a && b)
  const floor = {
    kind: 'manual',
    name: 'floor',
    hop: 2,
    when: ['AuthFailed'],
    text: 'kept',
    status: 200,
  } as const
  const snapshot = snapshotOf([a, b, floor], Object.values(both.providers))
  await stage.push(snapshot)
  await stage.stopOperator()
  assert.equal(chatText(await stage.ask()), 'from the first')
  await eventually('the loss is told', async () =>
    (await stage.ready()).text.includes('operator, unreachable since') ? true : undefined,
  )
  await stage.restartSidecar()
  const { status, text } = await stage.ready()
  assert.equal(status, 200)
  assert.match(text, /snapshot: kept from an earlier run, live since /)
  const answer = await stage.ask()
  assert.equal(chatText(answer), 'kept')
  assert.match(answer.verdict.attempts ?? '', /^a;skipped=AuthFailed, b;skipped=AuthFailed, floor;served$/)
  const operator = await stage.restartOperator()
  const back = await eventually('the sidecar comes back', () => operator.connects[0], 45_000)
  assert.equal(back.live, snapshot.digest)
  await operator.send({ kind: 'credentials', secrets: keys({ a: 'key-of-a-5555' }) })
  await eventually('the key is back', async () =>
    chatText(await stage.ask()) === 'from the first' ? true : undefined,
  )
  await assertNowhere(stage, ['key-of-a-5555', 'key-of-b-6666'])
})

test('a kept snapshot that was changed is not run', { timeout }, async t => {
  const stage = await openOperatorStage(t)
  await stage.push(snapshotOf(manualChain('mine')))
  await stage.stopOperator()
  const path = join(stage.stateDirectory, 'snapshot.json')
  await writeFile(path, (await readFile(path, 'utf8')).replace('mine', 'evil'))
  await stage.restartSidecar()
  assert.equal((await stage.ready()).status, 503)
  const told = stage
    .sidecar()
    .logLines()
    .find(line => line['problems'] !== undefined)
  assert.deepEqual(told?.['problems'], ['snapshot: digest: is not the digest of this content'])
})

test('a CA file and a token file are read again at each connect', { timeout }, async t => {
  const stage = await openOperatorStage(t)
  await eventually('a stream', () => stage.operator().connects[0])
  await stage.writeCa((await makeAuthority('a stranger')).ca)
  stage.operator().cut()
  await eventually('the certificate is refused', () =>
    stage
      .sidecar()
      .logLines()
      .find(line => String(line['problem']).includes('not signed by the CA')),
  )
  assert.equal(stage.operator().connects.length, 1)
  stage.operator().expectToken('token-two')
  await stage.writeCa()
  await eventually('the old token is refused', () =>
    stage
      .sidecar()
      .logLines()
      .find(line => String(line['problem']).includes('status 401: the token has expired')),
  )
  await stage.writeToken('token-two\n')
  await stage.push(snapshotOf(manualChain('trusted')))
  assert.equal(chatText(await stage.ask()), 'trusted')
  await assertNowhere(stage, ['token-one', 'token-two'])
})

test('a refusal with a time and a farewell with a time are kept to', { timeout }, async t => {
  const stage = await openOperatorStage(t)
  await eventually('a stream', () => stage.operator().connects[0])
  stage.operator().answerStreams({ kind: 'refuse', status: 503, retryAfter: '1' })
  await stage.operator().send({ kind: 'farewell', reason: 'draining', reconnectAfterMs: 700 })
  const leftAt = performance.now()
  await eventually('it is back', () => stage.operator().connects[1])
  const backAfterMs = performance.now() - leftAt
  assert.ok(backAfterMs >= 600 && backAfterMs < 5_000, `${backAfterMs} ms`)
  stage.operator().answerStreams({ kind: 'open' })
  const refusedAt = performance.now()
  await eventually('it asks again', () => stage.operator().connects[2])
  const againAfterMs = performance.now() - refusedAt
  assert.ok(againAfterMs >= 900 && againAfterMs < 5_000, `${againAfterMs} ms`)
})

const nonsense: readonly (readonly [string, string | Buffer, RegExp])[] = [
  ['garbage', Buffer.from([0xff, 0x00, 0x80, 0x0a]), /not a JSON object/],
  [
    'a credentials frame without a list',
    '{"kind":"credentials","secrets":{"a":"sk-not-shown"}}\n',
    /no list/,
  ],
  ['a line without end', Buffer.alloc(longestFrame + 1024, 0x20), /a line of more than/],
]
for (const [about, bytes, problem] of nonsense) {
  test(`${about} ends the stream, and the next one works`, { timeout }, async t => {
    const stage = await openOperatorStage(t)
    await stage.push(snapshotOf(manualChain('before')))
    await stage.operator().sendBytes(bytes)
    await eventually('it is told', () =>
      stage
        .sidecar()
        .logLines()
        .find(line => problem.test(String(line['problem']))),
    )
    await eventually('a second stream', () => stage.operator().connects[1])
    assert.equal(chatText(await stage.ask()), 'before')
    await stage.push(snapshotOf(manualChain('after'), [], { generation: 2 }))
    assert.equal(chatText(await stage.ask()), 'after')
    assert.doesNotMatch(stage.sidecar().stdout(), /sk-not-shown/)
  })
}

test('kinds and fields of a newer operator are passed over', { timeout }, async t => {
  const stage = await openOperatorStage(t)
  await stage.operator().sendBytes('{"kind":"fireworks","colour":"red"}\n')
  await stage.operator().sendBytes('{"kind":"heartbeat","load":0.5}\n')
  await stage.push(snapshotOf(manualChain('calm')))
  assert.equal(stage.operator().connects.length, 1)
})
