import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatProblem } from '../resources/problem.ts'
import type { Resource } from '../resources/resource.ts'
import { clusterPolicy, policy, resource, target } from '../sample-resources.ts'
import { compileNamespace, type NamespaceInput } from './compile-namespace.ts'
import { findConstraintViolations, reviewPolicy } from './review-policy.ts'

type Fields = Readonly<Record<string, unknown>>

const surroundings = {
  namespace: 'shop',
  namespaceLabels: {},
  operatorNamespace: 'platform-system',
  secretState: () => 'found' as const,
}
const openai = resource(
  'LLMProvider',
  { name: 'openai', namespace: 'shop' },
  { dialect: 'OpenAI', region: 'us-1' },
)
const spec = (fields: Fields = {}, route: Fields = {}) => ({
  routes: [{ name: 'r', chain: [target('a')], ...route }],
  ...fields,
})
const mine = (name: string, fields: Fields = {}, route: Fields = {}) =>
  policy(name, spec(fields, route), { namespace: 'shop' })
const constrain = (constraints: Fields, name = 'platform') => clusterPolicy(name, { constraints })

function compileShop(resources: readonly Resource[], input: Partial<NamespaceInput> = {}) {
  return compileNamespace({ ...surroundings, resources: [openai, ...resources], ...input })
}

const violations: readonly (readonly [string, Fields, RegExp])[] = [
  [
    'a mode',
    { modes: ['Observe'] },
    /^spec.mode: ClusterFallbackPolicy platform allows Observe only \(given "Enforce"\)$/,
  ],
  ['a deadline', { maxDeadline: '30s' }, /^spec.routes\[0\].limits.deadline: .*at most 30s \(given "60s"\)$/],
  ['attempts', { maxAttempts: 5 }, /^spec.routes\[0\].limits.attempts: .*at most 5 \(given 6\)$/],
  [
    'a provider',
    { providers: ['azure-*'] },
    /chain\[0\].target.providerRef.name: .*the providers azure-\* only \(given "openai"\)$/,
  ],
  [
    'a provider of another kind',
    { providers: ['ClusterLLMProvider/*'] },
    /providerRef.name: .*allows the providers/,
  ],
  ['a model', { models: ['gpt-*'] }, /chain\[0\].target.model: .*the models gpt-\* only \(given "m"\)$/],
  ['a region', { regions: ['eu-*'] }, /providerRef.name: .*the regions eu-\* only; this provider is in us-1/],
]

for (const [what, constraints, message] of violations) {
  test(`a policy that breaks a constraint on ${what} is not accepted, and its pods run the next one`, () => {
    const next = clusterPolicy('next', {
      defaults: {
        mode: 'Observe',
        routes: [
          {
            name: 'floor',
            chain: [{ name: 'm', manual: { text: 'x' } }],
            limits: { deadline: '1s', attempts: 1 },
          },
        ],
      },
    })
    const result = compileShop([mine('p'), constrain(constraints), next])
    const accepted = result.policies.get('shop/p')?.accepted
    assert.equal(accepted?.reason, 'ConstraintViolated')
    assert.match(accepted?.message ?? '', message)
    assert.deepEqual(result.classFor({}).winners, ['cluster/next'])
    assert.deepEqual(result.classFor({}).losers, [])
  })
}

const allowed: readonly (readonly [string, Fields])[] = [
  ['a mode that is listed', { modes: ['Observe', 'Enforce'] }],
  ['the longest deadline', { maxDeadline: '1m' }],
  ['the most attempts', { maxAttempts: 6 }],
  ['a provider by pattern', { providers: ['x', 'open*'] }],
  ['a provider by kind and name', { providers: ['LLMProvider/openai'] }],
  ['a model by pattern', { models: ['*'] }],
  ['a region by pattern', { regions: ['eu-*', 'us-*'] }],
]

for (const [what, constraints] of allowed) {
  test(`constraints let ${what} pass`, () => {
    assert.equal(
      compileShop([mine('p'), constrain(constraints)]).policies.get('shop/p')?.accepted.isTrue,
      true,
    )
  })
}

test('a provider that names no region is in no region', () => {
  const nowhere = resource('LLMProvider', { name: 'openai', namespace: 'shop' }, { dialect: 'OpenAI' })
  const result = compileShop([nowhere, mine('p'), constrain({ regions: ['*'] })])
  assert.match(result.policies.get('shop/p')?.accepted.message ?? '', /this provider names no region/)
})

test('a region is judged once its provider is there, and never told of one that may not be used', () => {
  const at = (name: string) =>
    mine('p', {}, { chain: [target('a', {}, { providerRef: { kind: 'ClusterLLMProvider', name } })] })
  const closed = resource(
    'ClusterLLMProvider',
    { name: 'closed' },
    { dialect: 'OpenAI', region: 'us-secret', allowedNamespaces: { from: 'Same' } },
  )
  for (const name of ['gone', 'closed']) {
    const verdict = compileShop([at(name), closed, constrain({ regions: ['eu-*'] })]).policies.get('shop/p')
    assert.equal(verdict?.accepted.isTrue, true)
    assert.equal(verdict?.resolvedRefs.isTrue, false)
    assert.ok(!JSON.stringify(verdict).includes('us-secret'))
  }
})

test('the constraints of several cluster policies all hold and are not merged', () => {
  const both = [constrain({ models: ['m'], maxAttempts: 3 }, 'a'), constrain({ models: ['n'] }, 'b')]
  const of = (model: string) =>
    compileShop([
      mine('p', {}, { limits: { attempts: 2 }, chain: [target('a', {}, { model })] }),
      ...both,
    ]).policies.get('shop/p')?.accepted.message
  assert.match(of('m') ?? '', /ClusterFallbackPolicy b allows the models n only/)
  assert.match(of('n') ?? '', /ClusterFallbackPolicy a allows the models m only/)
})

test('a pass-through, which nothing bounds, is refused where models or deadlines are', () => {
  const through = mine(
    'p',
    { passThrough: { providerRef: { name: 'openai' } } },
    { limits: { deadline: '5s' } },
  )
  const messageOf = (constraints: Fields) =>
    compileShop([through, constrain(constraints)]).policies.get('shop/p')?.accepted.message ?? ''
  assert.match(messageOf({ models: ['m'] }), /^spec.passThrough: .*the models m only/)
  assert.match(messageOf({ maxDeadline: '30s' }), /^spec.passThrough: .*a deadline of at most 30s/)
  assert.equal(messageOf({ models: ['*'], maxDeadline: '60s' }), 'accepted')
})

test('defaults and overrides of the platform are held to constraints, too, and fall whole', () => {
  const platform = clusterPolicy('platform', { defaults: spec(), overrides: spec({ mode: 'Observe' }) })
  const result = compileShop([mine('p'), platform, constrain({ modes: ['Enforce'] }, 'rules')])
  const { accepted } = result.policies.get('cluster/platform') ?? {}
  assert.match(
    accepted?.message ?? '',
    /^spec.overrides.mode: ClusterFallbackPolicy rules allows Enforce only/,
  )
  assert.deepEqual(result.classFor({}).winners, ['shop/p'])
})

test('the constraints of a cluster policy that is not accepted still hold', () => {
  const platform = clusterPolicy('platform', {
    defaults: spec({ mode: 'Observe' }),
    constraints: { maxAttempts: 6 },
  })
  const result = compileShop([
    mine('p', {}, { limits: { attempts: 7 } }),
    platform,
    constrain({ modes: ['Enforce'] }, 'rules'),
  ])
  assert.equal(result.policies.get('cluster/platform')?.accepted.isTrue, false)
  assert.match(result.policies.get('shop/p')?.accepted.message ?? '', /platform allows at most 6/)
})

test('a policy is reviewed before it is stored', () => {
  const gone = mine('p', { mode: 'Observe' }, { chain: [target('a', {}, { providerRef: { name: 'gone' } })] })
  assert.ok(gone.kind === 'FallbackPolicy')
  const input = { ...surroundings, resources: [constrain({ modes: ['Enforce'], maxAttempts: 1 })] }
  const review = reviewPolicy(gone, input)
  assert.deepEqual(review.violations.map(formatProblem), [
    'FallbackPolicy shop/p: spec.mode: ClusterFallbackPolicy platform allows Enforce only (given "Observe")',
    'FallbackPolicy shop/p: spec.routes[0].limits.attempts: ClusterFallbackPolicy platform allows at most 1 (given 6)',
  ])
  assert.deepEqual(findConstraintViolations(gone, input), review.violations)
  assert.deepEqual(
    review.unresolved.map(({ reason, path }) => `${reason} ${path}`),
    ['ProviderNotFound spec.routes[0].chain[0].target.providerRef.name'],
  )
})

test('a cluster policy is reviewed with its new constraints in place of the old ones', () => {
  const renewed = clusterPolicy('platform', {
    defaults: spec(),
    constraints: { maxAttempts: 9, regions: ['eu-*'] },
  })
  assert.ok(renewed.kind === 'ClusterFallbackPolicy')
  const input = { ...surroundings, resources: [openai, constrain({ maxAttempts: 1 })] }
  assert.deepEqual(
    findConstraintViolations(renewed, input).map(({ path }) => path),
    ['spec.defaults.routes[0].chain[0].target.providerRef.name'],
  )
  const elsewhere = {
    ...renewed,
    spec: { ...renewed.spec, namespaceSelector: { matchLabels: { team: 'b' } } },
  }
  assert.deepEqual(findConstraintViolations(elsewhere, input), [])
})
