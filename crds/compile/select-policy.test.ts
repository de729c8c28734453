import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Resource } from '../resources/resource.ts'
import { policy, provider, target } from '../sample-resources.ts'
import { readCatalogue } from './catalogue.ts'
import { compile } from './compile.ts'
import { type PlacedPolicy, policyId } from './placed.ts'
import { comparePrecedence } from './select-policy.ts'

const routes = [{ name: 'r', chain: [target('a')] }]

function place(resources: readonly Resource[]): readonly PlacedPolicy[] {
  return readCatalogue({ resources, environment: 'folder' }).policies
}

function order(resources: readonly Resource[]): readonly string[] {
  return [...place(resources)].sort(comparePrecedence).map(policyId)
}

test('the higher priority goes first, whatever its age', () => {
  const young = policy('young', { priority: 1, routes }, { creationTimestamp: '2026-02-01T00:00:00Z' })
  const old = policy('old', { routes }, { creationTimestamp: '2026-01-01T00:00:00Z' })
  assert.deepEqual(order([old, young]), ['default/young', 'default/old'])
})

test('of equal priority the older goes first, compared as instants', () => {
  const early = policy('b', { routes }, { creationTimestamp: '2026-01-01T01:00:00+02:00' })
  const late = policy('a', { routes }, { creationTimestamp: '2026-01-01T00:00:00Z' })
  assert.deepEqual(order([late, early]), ['default/b', 'default/a'])
})

test('a policy without a time of creation counts as the newest', () => {
  const timeless = policy('a', { routes })
  const dated = policy('b', { routes }, { creationTimestamp: '2026-01-01T00:00:00Z' })
  const empty = policy('c', { routes }, { creationTimestamp: null })
  assert.deepEqual(order([timeless, empty, dated]), ['default/b', 'default/a', 'default/c'])
})

test('of equal age the name decides', () => {
  assert.deepEqual(
    order([policy('b', { routes }), policy('a', { routes }), policy('z', { routes }, { namespace: 'a' })]),
    ['a/z', 'default/a', 'default/b'],
  )
})

test('precedence is a total order', () => {
  const policies = fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    namespace: fc.constantFrom('m', 'n'),
    priority: fc.constantFrom(-1, 0, 1),
    creationTimestamp: fc.constantFrom(null, '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'),
  })
  fc.assert(
    fc.property(
      fc.uniqueArray(policies, {
        minLength: 2,
        maxLength: 5,
        selector: ({ name, namespace }) => `${namespace}/${name}`,
      }),
      written => {
        const placed = place(
          written.map(({ priority, ...metadata }) => policy(metadata.name, { priority, routes }, metadata)),
        )
        for (const a of placed) {
          for (const b of placed) {
            assert.equal(Math.sign(comparePrecedence(a, b)) + Math.sign(comparePrecedence(b, a)), 0)
            assert.equal(comparePrecedence(a, b) === 0, policyId(a) === policyId(b))
            for (const c of placed) {
              if (comparePrecedence(a, b) < 0 && comparePrecedence(b, c) < 0)
                assert.ok(comparePrecedence(a, c) < 0)
            }
          }
        }
      },
    ),
  )
})

test('one policy wins whole and the others are told which', () => {
  const resources = [
    provider('openai'),
    policy('low', { priority: -1, routes }),
    policy('high', { priority: 9, routes }),
    policy('elsewhere', { priority: 99, selector: { matchLabels: { app: 'other' } }, routes }),
  ]
  const result = compile({ resources, environment: 'folder', podLabels: { app: 'mine' } })
  assert.ok(result.kind === 'compiled')
  assert.deepEqual(
    result.snapshot.policies.map(compiled => compiled.name),
    ['high'],
  )
  assert.deepEqual(result.losers, [{ policy: 'default/low', winner: 'default/high' }])
})

test('without labels of a pod selectors are not applied', () => {
  const selective = policy('p', { selector: { matchLabels: { app: 'other' } }, routes })
  const result = compile({ resources: [provider('openai'), selective], environment: 'folder' })
  assert.equal(result.kind, 'compiled')
})

test('removing a loser changes nothing', () => {
  const winner = policy('a', { priority: 1, routes })
  const loser = policy('b', { routes })
  const both = compile({ resources: [provider('openai'), winner, loser], environment: 'folder' })
  const alone = compile({ resources: [provider('openai'), winner], environment: 'folder' })
  assert.ok(both.kind === 'compiled' && alone.kind === 'compiled')
  assert.equal(both.snapshot.digest, alone.snapshot.digest)
})
