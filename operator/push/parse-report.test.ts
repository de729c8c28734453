import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseReport, plainLine } from './parse-report.ts'
import { digestOf } from './sample-cluster.ts'

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))
const target = { provider: 'p', model: 'm', breaker: 'open', attempts: 3, failures: 2 }
const health = (...targets: unknown[]) => ({ kind: 'health', targets })

test('reads a verdict, and passes over fields that it does not know', () => {
  const report = { kind: 'verdict', digest: digestOf('a'), verdict: 'Rejected', message: 'no' }
  assert.deepEqual(parseReport(bytes({ ...report, later: 1 })), { kind: 'ok', report })
})

test('names the field of a verdict that is wrong, and not its value', () => {
  const wrong: readonly (readonly [unknown, string])[] = [
    [{ digest: 'secret', verdict: 'Applied' }, 'digest'],
    [{ digest: digestOf('A'), verdict: 'Applied' }, 'digest'],
    [{ digest: digestOf('a'), verdict: 'secret' }, 'verdict'],
    [{ digest: digestOf('a'), verdict: 'Applied', message: { secret: 1 } }, 'message'],
    [{ kind: 7 }, 'kind'],
  ]
  for (const [value, field] of wrong) {
    const parsed = parseReport(bytes(Object.assign({ kind: 'verdict' }, value)))
    assert.ok(parsed.kind === 'malformed' && parsed.problem.includes(field), JSON.stringify(value))
    assert.doesNotMatch(parsed.problem, /secret/)
  }
})

test('cuts a message to one short line that cannot steer a terminal', () => {
  assert.equal(plainLine('a\u001b[31mb\r\nc\u202ed\u2028e'), 'a [31mb c d e')
  assert.equal(plainLine('x'.repeat(10_000)).length, 512)
  assert.ok(plainLine(`${'x'.repeat(511)}😀`).isWellFormed())
})

test('a line that is no object, or says no kind, is no report', () => {
  for (const value of [['verdict'], null, 7, 'verdict', {}]) {
    assert.equal(parseReport(bytes(value)).kind, 'malformed', JSON.stringify(value))
  }
})

test('a kind that only a newer sidecar knows is no mistake', () => {
  assert.deepEqual(parseReport(bytes({ kind: 'weather', targets: 7 })), { kind: 'unknown' })
})

test('reads health with and without targets', () => {
  for (const report of [health(), health(target)]) {
    assert.deepEqual(parseReport(bytes(report)), { kind: 'ok', report })
  }
})

test('refuses health that cannot be', () => {
  const wrong = [
    { ...target, provider: '' },
    { ...target, provider: 'p'.repeat(600) },
    { ...target, model: 7 },
    { ...target, breaker: 'ajar' },
    { ...target, attempts: -1 },
    { ...target, attempts: 1.5 },
    { ...target, attempts: 1e300 },
    { ...target, failures: 4 },
    null,
  ]
  for (const one of wrong) {
    assert.equal(parseReport(bytes(health(one))).kind, 'malformed', JSON.stringify(one))
  }
  assert.equal(parseReport(bytes(health(...Array(257).fill(target)))).kind, 'malformed')
  assert.equal(parseReport(bytes({ kind: 'health' })).kind, 'malformed')
})

test('never throws, whatever the bytes', () => {
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map(array => Buffer.from(array)),
    fc.json().map(text => Buffer.from(text)),
    fc.object().map(bytes),
    fc.object().map(one => bytes({ ...one, kind: 'verdict' })),
    fc.object().map(one => bytes({ ...one, kind: 'health' })),
  )
  fc.assert(
    fc.property(body, one => {
      assert.ok(['ok', 'unknown', 'malformed'].includes(parseReport(one).kind))
    }),
  )
})
