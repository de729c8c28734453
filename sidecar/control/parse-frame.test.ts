import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseFrame } from './parse-frame.ts'

const secret = { id: 'a/b/c', version: '1', value: 'sk-value' }

const good: readonly (readonly [unknown, unknown])[] = [
  [
    { kind: 'hello', protocol: 1, heartbeatMs: 15_000, more: true },
    { kind: 'hello', protocol: 1, heartbeatMs: 15_000 },
  ],
  [
    { kind: 'credentials', secrets: [{ ...secret, expires: 'never' }] },
    { kind: 'credentials', secrets: [secret] },
  ],
  [
    { kind: 'snapshot', snapshot: { any: 1 } },
    { kind: 'snapshot', snapshot: { any: 1 } },
  ],
  [{ kind: 'heartbeat', load: 1 }, { kind: 'heartbeat' }],
  [
    { kind: 'farewell', reason: 'draining', reconnectAfterMs: 5 },
    { kind: 'farewell', reason: 'draining', reconnectAfterMs: 5 },
  ],
  [
    { kind: 'farewell', reason: 'of a newer operator', reconnectAfterMs: -1 },
    { kind: 'farewell', reason: 'other', reconnectAfterMs: 0 },
  ],
  [{ kind: 'fireworks' }, { kind: 'unknown' }],
]
for (const [sent, read] of good) {
  test(`${JSON.stringify(sent)} is read`, () => assert.deepEqual(parseFrame(JSON.stringify(sent)), read))
}

const bad: readonly (readonly [string, RegExp])[] = [
  ['{', /not a JSON object/],
  ['[]', /not a JSON object/],
  ['null', /not a JSON object/],
  ['{}', /no kind/],
  ['{"kind":7}', /no kind/],
  ['{"kind":"hello","heartbeatMs":1}', /protocol/],
  ['{"kind":"hello","protocol":1,"heartbeatMs":0}', /heartbeatMs/],
  ['{"kind":"credentials"}', /no list/],
  ['{"kind":"credentials","secrets":[{"id":"a","value":"sk-value"}]}', /lacks id, version or value/],
  ['{"kind":"credentials","secrets":["sk-value"]}', /lacks/],
]
for (const [line, problem] of bad) {
  test(`${line.replace('sk-value', '…')} is refused without a word of what it holds`, () => {
    const frame = parseFrame(line)
    assert.equal(frame.kind, 'malformed')
    assert.match(frame.kind === 'malformed' ? frame.problem : '', problem)
    assert.doesNotMatch(JSON.stringify(frame), /sk-value/)
  })
}

test('whatever comes, reading it does not throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), line => {
      parseFrame(line)
    }),
  )
  const kind = fc.constantFrom('hello', 'credentials', 'snapshot', 'heartbeat', 'farewell')
  fc.assert(
    fc.property(kind, fc.dictionary(fc.string(), fc.jsonValue()), (name, members) => {
      assert.notEqual(parseFrame(JSON.stringify({ ...members, kind: name })).kind, 'unknown')
    }),
  )
})
