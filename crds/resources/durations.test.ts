import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatDuration, likelyDuration, parseDuration, toMilliseconds } from './durations.ts'

const durations: readonly (readonly [string, number])[] = [
  ['0s', 0],
  ['0h0m0s0ms', 0],
  ['1ms', 1],
  ['100ms', 100],
  ['5s', 5_000],
  ['45s', 45_000],
  ['10m', 600_000],
  ['1h', 3_600_000],
  ['1h30m', 5_400_000],
  ['1h30m10s5ms', 5_410_005],
  ['30m1h', 5_400_000],
  ['1s1s', 2_000],
  ['1m5s', 65_000],
  ['1m5ms', 60_005],
  ['007s', 7_000],
  ['99999h', 359_996_400_000],
]

for (const [text, milliseconds] of durations) {
  test(`${text} is ${milliseconds} ms`, () => assert.equal(parseDuration(text), milliseconds))
}

const mistakes = [
  '',
  '1',
  's',
  '45 seconds',
  '1 s',
  ' 1s',
  '1s ',
  '1s\n',
  '-1s',
  '+1s',
  '1.5h',
  '.5s',
  '1e3s',
  '1d',
  '1us',
  '1µs',
  '1S',
  '1H',
  '100000s',
  '1h1m1s1ms1h',
  '1h,30m',
  '١s',
  'PT1H',
]

for (const text of mistakes) {
  test(`${JSON.stringify(text)} is not a duration`, () => assert.equal(parseDuration(text), undefined))
}

test('a formatted duration reads back as the same time', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300_000_000 }), milliseconds => {
      assert.equal(parseDuration(formatDuration(milliseconds)), milliseconds)
    }),
  )
})

test('any text is either a duration or not, without an error', () => {
  fc.assert(fc.property(fc.string(), text => ['number', 'undefined'].includes(typeof parseDuration(text))))
})

test('what somebody most likely meant is told', () => {
  const meant = [' 30 s', '30sec', '30S', '2 minutes', '1.5s', '1d', '1m 30s', '500 ms', '1hour'].map(
    likelyDuration,
  )
  assert.deepEqual(meant, ['30s', '30s', '30s', '2m', '1s500ms', '24h', '1m30s', '500ms', '1h'])
  assert.deepEqual([30, 2500, '45'].map(likelyDuration), ['30s', '2s500ms', '45s'])
  for (const unclear of ['soon', '', '-1s', '1:30', '5 parsecs', '0', Number.NaN, 1e300]) {
    assert.equal(likelyDuration(unclear), undefined, String(unclear))
  }
})

test('what is suggested is a duration, whatever was given', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.double(), fc.stringMatching(/^[0-9]{1,7}[a-z ]{0,3}$/)), given => {
      const likely = likelyDuration(given)
      assert.ok(likely === undefined || parseDuration(likely) !== undefined)
    }),
  )
})

test('the compiler refuses a text that nobody checked', () => {
  assert.throws(() => toMilliseconds('soon'), RangeError)
})
