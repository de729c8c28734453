import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatProblem } from '../resources/problem.ts'
import type { Resource } from '../resources/resource.ts'
import { chainPolicy, clusterPolicy, policy, provider, resource, target } from '../sample-resources.ts'
import { type CompileInput, compile } from './compile.ts'

function compileFolder(resources: readonly Resource[], input: Partial<CompileInput> = {}) {
  return compile({ resources, environment: 'folder', ...input })
}

function problemsOf(resources: readonly Resource[], input: Partial<CompileInput> = {}): readonly string[] {
  const result = compileFolder(resources, input)
  return result.kind === 'refused' ? result.problems.map(formatProblem) : []
}

const openai = provider('openai')

const refusals: readonly (readonly [string, readonly Resource[], Partial<CompileInput>, RegExp])[] = [
  [
    'a missing provider',
    [openai, chainPolicy([target('a'), target('b', {}, { providerRef: { name: 'opnai' } })])],
    {},
    /FallbackPolicy default\/p: spec.routes\[0\].chain\[1\].target.providerRef.name: there is no LLMProvider of this name in namespace default \(did you mean "openai"\?\) \(given "opnai"\)/,
  ],
  [
    'a provider of the other kind',
    [resource('ClusterLLMProvider', { name: 'openai' }, { dialect: 'OpenAI' }), chainPolicy([target('a')])],
    {},
    /but a ClusterLLMProvider: set providerRef.kind/,
  ],
  [
    'a provider of another namespace',
    [
      resource('LLMProvider', { name: 'openai', namespace: 'other' }, { dialect: 'OpenAI' }),
      chainPolicy([target('a')]),
    ],
    {},
    /the one of another namespace cannot be used/,
  ],
  [
    'a missing provider to pass through to',
    [
      openai,
      policy('p', {
        passThrough: { providerRef: { name: 'x' } },
        routes: [{ name: 'r', chain: [target('a')] }],
      }),
    ],
    {},
    /spec.passThrough.providerRef.name: there is no LLMProvider/,
  ],
  [
    'two objects of one name',
    [openai, provider('openai'), chainPolicy([target('a')])],
    {},
    /LLMProvider default\/openai: metadata.name: several objects/,
  ],
  [
    'a Secret in a folder',
    [provider('openai', { credentials: { secretRef: { name: 's', key: 'k' } } }), chainPolicy([target('a')])],
    {},
    /LLMProvider default\/openai: spec.credentials.secretRef: not supported yet outside a cluster/,
  ],
  [
    'a cluster policy',
    [openai, chainPolicy([target('a')]), clusterPolicy('platform', { constraints: { maxAttempts: 3 } })],
    {},
    /ClusterFallbackPolicy platform: kind: works in a cluster only/,
  ],
  ['an empty folder', [], {}, /the folder holds no FallbackPolicy/],
  [
    'a folder for another namespace',
    [openai, policy('p', { routes: [{ name: 'r', chain: [target('a')] }] }, { namespace: 'default' })],
    { namespace: 'support' },
    /none for namespace support, only for default/,
  ],
  [
    'a folder that selects other pods',
    [
      openai,
      policy('p', { selector: { matchLabels: { app: 'x' } }, routes: [{ name: 'r', chain: [target('a')] }] }),
    ],
    { podLabels: { app: 'y' } },
    /no selector matches the labels of this pod/,
  ],
  [
    'a bad object beside a good one',
    [
      openai,
      chainPolicy([target('a')]),
      policy('other', {
        priority: -5,
        routes: [{ name: 'r', chain: [target('a', {}, { providerRef: { name: 'gone' } })] }],
      }),
    ],
    {},
    /FallbackPolicy default\/other/,
  ],
]

for (const [what, resources, input, message] of refusals) {
  test(`refuses ${what}`, () => assert.match(problemsOf(resources, input).join('\n') || 'compiled', message))
}

const shared = (allowedNamespaces: object) => [
  resource('ClusterLLMProvider', { name: 'openai' }, { dialect: 'OpenAI', allowedNamespaces }),
  chainPolicy([target('a', {}, { providerRef: { kind: 'ClusterLLMProvider', name: 'openai' } })]),
]
const bySelector = { from: 'Selector', selector: { matchLabels: { team: 'a' } } }
const byName = { from: 'Selector', selector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } }

const allowances: readonly (readonly [string, object, Partial<CompileInput>, boolean])[] = [
  ['All', { from: 'All' }, {}, true],
  ['nothing written', {}, {}, true],
  ['Same in a folder', { from: 'Same' }, {}, false],
  ['a selector that matches', bySelector, { namespaceLabels: { default: { team: 'a' } } }, true],
  ['a selector that does not match', bySelector, { namespaceLabels: { default: { team: 'b' } } }, false],
  ['a selector without labels to match', bySelector, {}, false],
  ['a selector of the namespace’s name', byName, {}, true],
]

for (const [what, allowed, input, expected] of allowances) {
  test(`allowedNamespaces with ${what} ${expected ? 'lets the policy in' : 'keeps the policy out'}`, () => {
    const problems = problemsOf(shared(allowed), input)
    assert.equal(problems.length === 0, expected, problems.join('\n'))
    if (!expected) assert.match(problems[0] ?? '', /providerRef.name: .*allowedNamespaces/)
  })
}

test('a label cannot pretend to be the name of a namespace', () => {
  const labels = { default: { 'kubernetes.io/metadata.name': 'other' } }
  assert.deepEqual(problemsOf(shared(byName), { namespaceLabels: labels }), [])
})
