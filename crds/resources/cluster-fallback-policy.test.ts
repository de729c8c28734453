import assert from 'node:assert/strict'
import { test } from 'node:test'
import { problemsOf } from '../sample-problems.ts'
import { document, manual, target } from '../sample-resources.ts'
import { parseResource } from './parse-resource.ts'

type Fields = Readonly<Record<string, unknown>>

const policy = (fields: Fields = {}) => ({ routes: [{ name: 'r', chain: [target('a')] }], ...fields })
const problems = (spec: Fields) => problemsOf(document('ClusterFallbackPolicy', { name: 'platform' }, spec))

test('whole policies stand in defaults and overrides, their own defaults filled in', () => {
  const parsed = parseResource(
    document(
      'ClusterFallbackPolicy',
      { name: 'platform' },
      { defaults: policy(), overrides: policy({ priority: 3 }) },
    ),
  )
  assert.ok(parsed.kind === 'ok' && parsed.resource.kind === 'ClusterFallbackPolicy')
  assert.equal(parsed.resource.spec.defaults?.routes[0]?.limits.deadline, '60s')
  assert.equal(parsed.resource.spec.overrides?.priority, 3)
  assert.equal(parsed.resource.spec.constraints, undefined)
})

const accepted: readonly (readonly [string, Fields])[] = [
  ['constraints alone', { constraints: { maxAttempts: 3 } }],
  ['a selector of namespaces', { namespaceSelector: { matchLabels: { team: 'a' } }, defaults: policy() }],
  ['providers by kind', { constraints: { providers: ['ClusterLLMProvider/eu-*', 'LLMProvider/a', '*'] } }],
  [
    'a policy within its own constraints',
    { defaults: policy(), constraints: { maxDeadline: '60s', models: ['m'] } },
  ],
  ['a region that only its provider knows', { defaults: policy(), constraints: { regions: ['eu-*'] } }],
]

for (const [what, spec] of accepted) {
  test(`accepts ${what}`, () => assert.deepEqual(problems(spec), []))
}

const refused: readonly (readonly [string, Fields, RegExp])[] = [
  ['an empty spec', {}, /spec: at least one of defaults, overrides, constraints/],
  ['a selector alone', { namespaceSelector: {} }, /at least one of defaults/],
  ['empty constraints', { constraints: {} }, /spec.constraints: at least one of regions, providers/],
  ['an empty list', { constraints: { models: [] } }, /spec.constraints.models: at least 1 entry/],
  [
    'a provider that cannot be a name',
    { constraints: { providers: ['My Provider'] } },
    /providers\[0\]: the name of a provider or a pattern/,
  ],
  [
    'another kind of provider',
    { constraints: { providers: ['Secret/a'] } },
    /providers\[0\]: the name of a provider/,
  ],
  ['a deadline without a unit', { constraints: { maxDeadline: '30' } }, /maxDeadline: a duration looks like/],
  ['too many attempts', { constraints: { maxAttempts: 21 } }, /maxAttempts: a whole number from 1 to 20/],
  [
    'a mode that does not exist',
    { constraints: { modes: ['Obseve'] } },
    /modes\[0\]: not a mode .*did you mean "Observe"/,
  ],
  [
    'an unknown field',
    { constraint: { maxAttempts: 1 }, defaults: policy() },
    /unknown field "constraint" \(did you mean "constraints"\?\)/,
  ],
  ['a policy without routes', { defaults: {} }, /spec.defaults.routes: required/],
  [
    'a mistake in the defaults',
    { defaults: { routes: [{ name: 'r', chain: [manual('a'), target('b')] }] } },
    /^ClusterFallbackPolicy platform: spec.defaults.routes\[0\].chain\[1\]: no failure can reach this step/,
  ],
  [
    'a mistake in the overrides',
    {
      overrides: {
        routes: [
          { name: 'r', chain: [target('a')] },
          { name: 'r', chain: [target('a')] },
        ],
      },
    },
    /spec.overrides.routes\[1\].name: route names are unique/,
  ],
  [
    'a tenant that is a credential',
    { overrides: policy({ tenant: { header: 'authorization' } }) },
    /spec.overrides.tenant.header: a header with a credential/,
  ],
  [
    'a policy that breaks its own constraints',
    { overrides: policy({ mode: 'Observe' }), constraints: { modes: ['Enforce'] } },
    /spec.overrides.mode: spec.constraints allows Enforce only \(given "Observe"\)/,
  ],
]

for (const [what, spec, message] of refused) {
  test(`refuses ${what}`, () => assert.match(problems(spec).join('\n') || 'accepted', message))
}

test('a cluster policy has no namespace', () => {
  const value = document(
    'ClusterFallbackPolicy',
    { name: 'platform', namespace: 'n' },
    { defaults: policy() },
  )
  assert.match(problemsOf(value).join(), /metadata.namespace: unknown field "namespace"/)
})
