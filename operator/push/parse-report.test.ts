import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseHealth, parseVerdict, plainLine } from './parse-report.ts'
import { digestOf } from './sample-cluster.ts'

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))
const target = { provider: 'p', model: 'm', breaker: 'open', attempts: 3, failures: 2 }

test('reads a verdict, and passes over fields that it does not know', () => {
  const sent = { digest: digestOf('a'), verdict: 'Rejected', message: 'no', later: 1 }
  assert.deepEqual(parseVerdict(bytes(sent)), {
    kind: 'ok',
    report: { digest: digestOf('a'), verdict: 'Rejected', message: 'no' },
  })
})

test('names the field of a verdict that is wrong, and not its value', () => {
  const wrong: readonly (readonly [unknown, string])[] = [
    [{ digest: 'secret', verdict: 'Applied' }, 'digest'],
    [{ digest: digestOf('A'), verdict: 'Applied' }, 'digest'],
    [{ digest: digestOf('a'), verdict: 'secret' }, 'verdict'],
    [{ digest: digestOf('a'), verdict: 'Applied', message: { secret: 1 } }, 'message'],
    [['secret'], 'object'],
    [null, 'object'],
  ]
  for (const [value, field] of wrong) {
    const parsed = parseVerdict(bytes(value))
    assert.ok(parsed.kind === 'malformed' && parsed.problem.includes(field), JSON.stringify(value))
    assert.doesNotMatch(parsed.problem, /secret/)
  }
})

test('cuts a message to one short line that cannot steer a terminal', () => {
  assert.equal(plainLine('a\u001b[31mb\r\nc\u202ed\u2028e'), 'a [31mb c d e')
  assert.equal(plainLine('x'.repeat(10_000)).length, 512)
  assert.ok(plainLine(`${'x'.repeat(511)}😀`).isWellFormed())
})

test('reads health with and without targets', () => {
  assert.deepEqual(parseHealth(bytes({ targets: [] })), { kind: 'ok', report: { targets: [] } })
  assert.deepEqual(parseHealth(bytes({ targets: [target] })), { kind: 'ok', report: { targets: [target] } })
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
    assert.equal(parseHealth(bytes({ targets: [one] })).kind, 'malformed', JSON.stringify(one))
  }
  assert.equal(parseHealth(bytes({ targets: Array(257).fill(target) })).kind, 'malformed')
  assert.equal(parseHealth(bytes({})).kind, 'malformed')
})

test('never throws, whatever the bytes', () => {
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map(array => Buffer.from(array)),
    fc.json().map(text => Buffer.from(text)),
    fc.object().map(bytes),
  )
  fc.assert(
    fc.property(body, one => {
      assert.ok(['ok', 'malformed'].includes(parseVerdict(one).kind))
      assert.ok(['ok', 'malformed'].includes(parseHealth(one).kind))
    }),
  )
})
