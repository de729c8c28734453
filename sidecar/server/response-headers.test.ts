import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { primary, servedWhole } from '../../test/support/inbound/scripted-door.ts'
import type { TrailEntry } from '../chain/outcome.ts'
import { asComments, formatTrail, outcomeHeaders, requestHeaders } from './response-headers.ts'

const silent = { would: () => undefined, cacheState: () => undefined }

test('the trail reads as the steps were walked', () => {
  const trail: readonly TrailEntry[] = [
    {
      kind: 'attempt',
      step: 'primary',
      hop: 0,
      retry: 0,
      milliseconds: 31.4,
      failure: { kind: 'Overloaded', status: 529 },
    },
    {
      kind: 'attempt',
      step: 'primary',
      hop: 0,
      retry: 1,
      milliseconds: 7,
      failure: { kind: 'ConnectError' },
    },
    { kind: 'skip', step: 'smaller', hop: 1, reason: 'CircuitOpen' },
    { kind: 'attempt', step: 'second-vendor', hop: 2, retry: 0, milliseconds: 210 },
  ]
  assert.equal(
    formatTrail(trail, 'second-vendor'),
    'primary;failure=Overloaded;status=529;ms=31, primary;failure=ConnectError;retry=1;ms=7, ' +
      'smaller;skipped=CircuitOpen, second-vendor;served;ms=210',
  )
})

test('a floor that answered has served', () => {
  assert.equal(formatTrail([{ kind: 'floor', step: 'apology', hop: 3 }], 'apology'), 'apology;served')
})

test('the serving step is told with its provider, model and hop', () => {
  const step = {
    ...primary,
    name: 'second-vendor',
    hop: 2,
    origin: { provider: 'anthropic-eu', model: 'claude-sonnet-4-5' },
    reason: 'rate_limit_429' as const,
    drops: ['logprobs', 'seed'],
  }
  const headers = outcomeHeaders(servedOutcome(step), silent)
  assert.equal(
    headers['x-llm-fallback-served'],
    'second-vendor;provider="anthropic-eu";model="claude-sonnet-4-5"',
  )
  assert.equal(headers['x-llm-fallback-hop'], '2')
  assert.equal(headers['x-llm-fallback-reason'], 'rate_limit_429')
  assert.equal(headers['x-llm-fallback-drops'], 'logprobs, seed')
})

test('the primary has no reason, and a clean answer no drops', () => {
  const headers = outcomeHeaders(servedOutcome(primary), silent)
  assert.deepEqual(Object.keys(headers).sort(), [
    'x-llm-fallback-attempts',
    'x-llm-fallback-hop',
    'x-llm-fallback-served',
  ])
})

test('an exhausted chain names no serving step', () => {
  const verdict = { failure: { kind: 'Timeout' as const, detail: 'late' }, status: 504, mayRetry: true }
  const headers = outcomeHeaders({ kind: 'exhausted', verdict, trail: [] }, silent)
  assert.deepEqual(headers, {})
})

test('cache and Observe mode are told when they had a say', () => {
  const headers = outcomeHeaders(servedOutcome(primary), {
    would: () => 'second-vendor',
    cacheState: () => ({ result: 'hit' as const, ageSeconds: 12 }),
  })
  assert.equal(headers['x-llm-fallback-cache'], 'hit;age=12')
  assert.equal(headers['x-llm-fallback-would'], 'second-vendor')
})

test('whatever names a policy has, headers stay in printable ASCII', () => {
  const text = fc.string({ unit: 'binary' })
  fc.assert(
    fc.property(text, text, text, (name, provider, model) => {
      const step = { ...primary, name, origin: { provider, model }, drops: [name] }
      const headers = {
        ...requestHeaders(name, { policyIdentity: provider, route: model }),
        ...outcomeHeaders(servedOutcome(step), { would: () => model, cacheState: () => undefined }),
      }
      for (const value of Object.values(headers)) assert.doesNotMatch(value, /[^\x20-\x7e]/)
      for (const line of asComments(headers).split('\n')) assert.ok(line === '' || line.startsWith(': '))
    }),
  )
})

test('late headers are comments that end with an empty line', () => {
  assert.equal(asComments({ 'x-llm-fallback-served': 'a' }), ': x-llm-fallback-served=a\n\n')
  assert.equal(asComments({}), '')
})

function servedOutcome(step: typeof primary) {
  const outcome = servedWhole(undefined, step)
  if (outcome.kind !== 'served') throw new Error('it serves')
  return outcome
}
