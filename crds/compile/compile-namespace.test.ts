import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clusterPolicy, policy, resource, target } from '../sample-resources.ts'
import { parseSnapshot } from '../snapshot/parse-snapshot.ts'
import { compileNamespace, type NamespaceInput } from './compile-namespace.ts'

type Fields = Readonly<Record<string, unknown>>

const routes = [{ name: 'r', chain: [target('a')] }]
const spec = (fields: Fields = {}): Fields => ({ routes, ...fields })
const mine = (name: string, fields: Fields = {}, metadata: Fields = {}) =>
  policy(name, spec(fields), { namespace: 'shop', generation: 1, ...metadata })
const openai = resource('LLMProvider', { name: 'openai', namespace: 'shop' }, { dialect: 'OpenAI' })

function compileShop(resources: NamespaceInput['resources'], input: Partial<NamespaceInput> = {}) {
  return compileNamespace({
    namespace: 'shop',
    resources: [openai, ...resources],
    namespaceLabels: {},
    operatorNamespace: 'platform-system',
    secretState: () => 'SecretNotFound',
    ...input,
  })
}

test('overrides are asked before the winner of the namespace, defaults after it', () => {
  const platform = clusterPolicy('platform', { defaults: spec(), overrides: spec() }, { generation: 4 })
  const { winners, snapshot } = compileShop([mine('p'), platform]).classFor({})
  assert.deepEqual(winners, ['cluster/platform', 'shop/p', 'cluster/platform'])
  assert.deepEqual(
    snapshot.policies.map(({ namespace, identity }) => `${namespace} ${identity}`),
    ['cluster cluster/platform@4', 'shop p@1', 'cluster cluster/platform@4'],
  )
})

test('a cluster policy names providers of the namespace in which it runs', () => {
  const platform = clusterPolicy('platform', { defaults: spec() })
  const { snapshot } = compileShop([platform]).classFor({})
  assert.deepEqual(Object.keys(snapshot.providers), ['LLMProvider/shop/openai'])
})

test('each level has one winner, and its losers are told which', () => {
  const result = compileShop([
    mine('low'),
    mine('high', { priority: 5 }),
    mine('elsewhere', { priority: 9, selector: { matchLabels: { app: 'other' } } }),
    clusterPolicy('old', { defaults: spec() }, { creationTimestamp: '2026-01-01T00:00:00Z' }),
    clusterPolicy('new', { defaults: spec() }, { creationTimestamp: '2026-02-01T00:00:00Z' }),
  ])
  const { winners, losers } = result.classFor({ app: 'mine' })
  assert.deepEqual(winners, ['shop/high', 'cluster/old'])
  assert.deepEqual(losers, [
    { policy: 'shop/low', winner: 'shop/high' },
    { policy: 'cluster/new', winner: 'cluster/old' },
  ])
})

test('pods that the same policies select are one class, compiled once', () => {
  const result = compileShop([mine('p', { selector: { matchLabels: { app: 'a' } } }), mine('q')])
  const first = result.classFor({ app: 'a', pod: '1' })
  assert.equal(result.classFor({ app: 'a', pod: '2' }), first)
  const other = result.classFor({ app: 'b' })
  assert.notEqual(other.key, first.key)
  assert.deepEqual(other.winners, ['shop/q'])
})

test('classes that differ in their losers only run the same snapshot', () => {
  const result = compileShop([
    mine('p', { priority: 1 }),
    mine('q', { selector: { matchLabels: { app: 'a' } } }),
  ])
  assert.equal(result.classFor({ app: 'a' }).snapshot, result.classFor({}).snapshot)
  assert.notEqual(result.classFor({ app: 'a' }), result.classFor({}))
})

test('pods that no policy selects run an empty snapshot', () => {
  const { snapshot, winners } = compileShop([]).classFor({ app: 'a' })
  assert.deepEqual([snapshot.policies, winners], [[], []])
})

test('a cluster policy stays out of namespaces that it does not select', () => {
  const platform = clusterPolicy('platform', {
    namespaceSelector: { matchLabels: { team: 'a' } },
    overrides: spec({ mode: 'Observe' }),
    constraints: { modes: ['Observe'] },
  })
  const inside = compileShop([mine('p'), platform], { namespaceLabels: { team: 'a' } })
  assert.equal(inside.policies.get('shop/p')?.accepted.isTrue, false)
  const outside = compileShop([mine('p'), platform], { namespaceLabels: { team: 'b' } })
  assert.deepEqual([...outside.policies.keys()], ['shop/p'])
  assert.deepEqual(outside.classFor({}).winners, ['shop/p'])
  assert.equal(outside.policies.get('shop/p')?.accepted.isTrue, true)
})

test('the name of a namespace is a label that nobody else can claim', () => {
  const named = (name: string) =>
    clusterPolicy('platform', {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
      defaults: spec(),
    })
  const namespaceLabels = { 'kubernetes.io/metadata.name': 'bank' }
  assert.equal(compileShop([named('bank')], { namespaceLabels }).policies.size, 0)
  assert.equal(compileShop([named('shop')], { namespaceLabels }).policies.size, 1)
})

test('resources of other namespaces are passed over', () => {
  const result = compileShop([
    policy('theirs', spec(), { namespace: 'bank' }),
    resource('LLMProvider', { name: 'x', namespace: 'bank' }, { dialect: 'OpenAI' }),
  ])
  assert.deepEqual([...result.policies.keys()], [])
  assert.deepEqual([...result.providers.keys()], ['LLMProvider/shop/openai'])
})

test('a cluster policy with constraints only has a verdict and no pods', () => {
  const result = compileShop([clusterPolicy('rules', { constraints: { maxAttempts: 9 } })])
  assert.equal(result.policies.get('cluster/rules')?.accepted.isTrue, true)
  assert.deepEqual(result.classFor({}).winners, [])
})

test('verdicts carry the warnings of each policy under the path of its part', () => {
  const chain = [target('a', { timeout: { total: '50s' } }), target('b')]
  const slow = spec({ routes: [{ name: 'r', chain }] })
  const result = compileShop([
    clusterPolicy('platform', { defaults: slow }),
    policy('p', slow, { namespace: 'shop' }),
  ])
  const pathsOf = (id: string) => result.policies.get(id)?.warnings.map(({ path }) => path)
  assert.deepEqual(pathsOf('shop/p'), ['spec.routes[0].limits.deadline', 'spec.routes[0].chain'])
  assert.deepEqual(pathsOf('cluster/platform'), [
    'spec.defaults.routes[0].limits.deadline',
    'spec.defaults.routes[0].chain',
  ])
})

test('whatever is compiled is what a sidecar accepts', () => {
  const keyed = resource(
    'LLMProvider',
    { name: 'keyed', namespace: 'shop' },
    { dialect: 'OpenAI', credentials: { secretRef: { name: 'keys.example', key: 'OPENAI_KEY' } } },
  )
  const chain = ['keyed', 'gone'].map(name => target(name, {}, { providerRef: { name } }))
  const result = compileShop(
    [keyed, policy('p', { routes: [{ name: 'r', chain }] }, { namespace: 'shop' })],
    {
      secretState: () => 'found',
    },
  )
  const { snapshot, secrets } = result.classFor({})
  assert.deepEqual(secrets, ['shop/keys.example/OPENAI_KEY'])
  assert.deepEqual(parseSnapshot(JSON.parse(JSON.stringify(snapshot))), { kind: 'ok', snapshot })
})
