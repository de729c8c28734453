// Waits that providers ask for: whatever they write, it is a positive number of milliseconds within a day, or nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { longestWaitMs, readRetryAfterMs } from '../../sidecar/failure/reset-hints.ts'
import { fuzz, mutateBytes, pick, type Random } from './mutate.ts'

const spellings: readonly string[] = [
  '1',
  '0',
  '-1',
  '494',
  '1e400',
  'NaN',
  '0x10',
  '1m0.052s',
  '9m38.016s',
  '14m24s',
  '22.564s',
  '0s',
  '',
  'Wed, 21 Oct 2026 07:28:00 GMT',
  '2026-08-19T14:34:19Z',
  '9999-99-99T99:99:99Z',
  '1m0s, req_1',
  '99999999999999999999',
  `${'1h'.repeat(500)}`,
]
const names: readonly string[] = [
  'retry-after',
  'retry-after-ms',
  'date',
  'x-should-retry',
  'x-ratelimit-reset',
  'x-ratelimit-reset-tokens',
  'x-ratelimit-remaining-tokens',
  'x-ratelimit-limit-tokens',
  'anthropic-ratelimit-requests-reset',
  'anthropic-ratelimit-requests-remaining',
]

function spell(random: Random): string {
  const spelling = pick(spellings, random)
  return random() < 0.5 ? spelling : mutateBytes(Buffer.from(spelling), random).toString('utf8')
}

test('every wait is positive, finite and at most a day', () => {
  fuzz({ iterations: 5000 }, random => {
    const headers = Object.fromEntries(names.filter(() => random() < 0.4).map(name => [name, spell(random)]))
    const wait = readRetryAfterMs({
      dialect: pick(['OpenAI', 'Anthropic', 'Gemini', 'AzureOpenAI'], random),
      status: pick([200, 400, 429, 503, 529], random),
      headers,
      message: `Rate limit reached. Please try again in ${spell(random)}`,
      body: { error: { details: [{ '@type': 'google.rpc.RetryInfo', retryDelay: spell(random) }] } },
      wallTime: Date.UTC(2026, 0, 1),
    })
    assert.ok(wait === undefined || (wait > 0 && wait <= longestWaitMs), String(wait))
  })
})
