import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatProblem } from '../resources/problem.ts'
import type { Resource } from '../resources/resource.ts'
import { chainPolicy, manual, policy, provider, target } from '../sample-resources.ts'
import type { CompiledTargetStep, PolicySnapshot } from '../snapshot/policy-snapshot.ts'
import { defaultFloorWhen, defaultTargetWhen } from '../vocabulary.ts'
import { type CompileInput, compile } from './compile.ts'

function compileFolder(resources: readonly Resource[], input: Partial<CompileInput> = {}) {
  return compile({ resources, environment: 'folder', ...input })
}

function snapshotOf(resources: readonly Resource[], input: Partial<CompileInput> = {}): PolicySnapshot {
  const result = compileFolder(resources, input)
  if (result.kind === 'compiled') return result.snapshot
  throw new Error(result.problems.map(formatProblem).join('\n'))
}

function firstTarget(snapshot: PolicySnapshot): CompiledTargetStep {
  const step = snapshot.policies[0]?.routes[0]?.chain[0]
  assert.ok(step?.kind === 'target')
  return step
}

const openai = provider('openai')

test('fills every default of a target step in', () => {
  assert.deepEqual(firstTarget(snapshotOf([openai, chainPolicy([target('a')])])), {
    name: 'a',
    hop: 0,
    when: [],
    kind: 'target',
    provider: 'LLMProvider/default/openai',
    model: 'm',
    entersLargerWindow: true,
    requireParameters: false,
    allowDifferentEmbeddingSpace: false,
    timeout: { connectMs: 2_000, firstTokenMs: 10_000, idleMs: 20_000, totalMs: 60_000 },
    retry: { attempts: 0, initialMs: 100, factor: 5, maxMs: 2_000 },
    circuitBreaker: { failures: 3, windowMs: 30_000, openForMs: 60_000 },
  })
})

test('completes settings that are written in part', () => {
  const step = target('a', {
    timeout: { total: '5s' },
    retry: { attempts: 2, backoff: { max: '1s' } },
    circuitBreaker: { failures: 5 },
  })
  const compiled = firstTarget(snapshotOf([openai, chainPolicy([step])]))
  assert.deepEqual(compiled.timeout, {
    connectMs: 2_000,
    firstTokenMs: 10_000,
    idleMs: 20_000,
    totalMs: 5_000,
  })
  assert.deepEqual(compiled.retry, { attempts: 2, initialMs: 100, factor: 5, maxMs: 1_000 })
  assert.deepEqual(compiled.circuitBreaker, { failures: 5, windowMs: 30_000, openForMs: 60_000 })
})

test('gives each step the failures that may enter it', () => {
  const chain = [
    target('a'),
    target('b'),
    target('c', { when: ['Timeout', 'RateLimited'] }),
    { name: 'd', cache: { maxAge: '1h' } },
    manual('e'),
  ]
  const steps = snapshotOf([openai, chainPolicy(chain)]).policies[0]?.routes[0]?.chain ?? []
  assert.deepEqual(
    steps.map(step => step.when),
    [[], defaultTargetWhen, ['RateLimited', 'Timeout'], defaultFloorWhen, defaultFloorWhen],
  )
  assert.deepEqual(
    steps.map(step => (step.kind === 'target' ? step.entersLargerWindow : undefined)),
    [true, true, false, undefined, undefined],
  )
})

test('compiles every field of a route', () => {
  const route = {
    match: {
      models: ['gpt-*', 'a'],
      operations: ['Chat'],
      headers: [
        { name: 'X-Team', value: 'a' },
        { name: 'X-Beta', present: true },
      ],
    },
    limits: { deadline: '1m30s', attempts: 3 },
    retryBudget: { percent: 10 },
    whenAllOpen: 'Wait',
    residency: { regions: ['eu-*'] },
    budget: { usd: '2.50', per: '1h' },
    streaming: { keepAlive: '5s' },
    cacheFirst: { maxAge: '10m' },
  }
  const compiled = snapshotOf([openai, chainPolicy([target('a')], route)]).policies[0]?.routes[0]
  const { chain: _, ...rest } = compiled ?? { chain: [] }
  assert.deepEqual(rest, {
    name: 'r',
    strategy: 'single',
    match: {
      models: ['a', 'gpt-*'],
      operations: ['Chat'],
      headers: [{ name: 'x-team', value: 'a' }, { name: 'x-beta' }],
    },
    limits: { deadlineMs: 90_000, attempts: 3 },
    retryBudget: { percent: 10, minPerSecond: 3 },
    whenAllOpen: 'Wait',
    residency: { regions: ['eu-*'] },
    budget: { usd: 2.5, perMs: 3_600_000, onExceeded: 'Fallback' },
    streaming: { onBreak: 'Terminate', keepAliveMs: 5_000 },
    cacheFirst: { maxAgeMs: 600_000 },
  })
})

test('compiles a provider with the facts of its models', () => {
  const full = provider('openai', {
    endpoint: 'https://llm.example.com/v1/',
    region: 'eu-west-1',
    credentials: { file: { path: '/keys/a' } },
    headers: [
      { name: 'X-B', value: '2' },
      { name: 'X-A', value: '1' },
    ],
    tls: { serverName: 'llm.example.com' },
    models: [
      { name: 'z' },
      {
        name: 'm',
        contextWindow: 1000,
        price: { inputPerMillion: '2.50', outputPerMillion: '10' },
        capabilities: ['Vision', 'Tools'],
      },
    ],
  })
  const snapshot = snapshotOf([full, chainPolicy([target('a')])])
  const facts = {
    name: 'm',
    contextWindow: 1000,
    price: { input: 2.5, output: 10 },
    capabilities: ['Tools', 'Vision'],
  }
  assert.deepEqual(snapshot.providers['LLMProvider/default/openai'], {
    key: 'LLMProvider/default/openai',
    kind: 'LLMProvider',
    name: 'openai',
    dialect: 'OpenAI',
    endpoint: 'https://llm.example.com/v1',
    region: 'eu-west-1',
    credentials: { kind: 'file', path: '/keys/a' },
    headers: [
      { name: 'x-a', value: '1' },
      { name: 'x-b', value: '2' },
    ],
    tls: { serverName: 'llm.example.com' },
    models: [facts, { name: 'z' }],
  })
  assert.deepEqual(firstTarget(snapshot).facts, facts)
})

test('takes the vendor’s public endpoint when none is written', () => {
  const anthropic = provider('openai', { dialect: 'Anthropic', credentials: { caller: {} } })
  const compiled = snapshotOf([anthropic, chainPolicy([target('a')])]).providers['LLMProvider/default/openai']
  assert.equal(compiled?.endpoint, 'https://api.anthropic.com')
  assert.deepEqual(compiled?.credentials, { kind: 'caller' })
})

test('holds the providers that the policy uses and no others', () => {
  const snapshot = snapshotOf([
    openai,
    provider('unused'),
    provider('through'),
    policy('p', {
      passThrough: { providerRef: { name: 'through' } },
      tenant: { header: 'X-Team' },
      mode: 'Observe',
      routes: [{ name: 'r', chain: [target('a')] }],
    }),
  ])
  assert.deepEqual(Object.keys(snapshot.providers).sort(), [
    'LLMProvider/default/openai',
    'LLMProvider/default/through',
  ])
  assert.equal(snapshot.policies[0]?.passThrough, 'LLMProvider/default/through')
  assert.equal(snapshot.policies[0]?.mode, 'Observe')
  assert.deepEqual(snapshot.policies[0]?.tenant, { kind: 'header', name: 'x-team' })
})

test('puts resources without a namespace into the given one', () => {
  const snapshot = snapshotOf([openai, chainPolicy([target('a')])], { namespace: 'support' })
  assert.equal(snapshot.policies[0]?.namespace, 'support')
  assert.equal(firstTarget(snapshot).provider, 'LLMProvider/support/openai')
})
