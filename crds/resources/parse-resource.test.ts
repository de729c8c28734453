import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { policyProblems, problemsOf } from '../sample-problems.ts'
import { document, target } from '../sample-resources.ts'
import { parseResource } from './parse-resource.ts'
import { formatProblem } from './problem.ts'

test('fills defaults in', () => {
  const parsed = parseResource(
    document('FallbackPolicy', { name: 'p' }, { routes: [{ name: 'r', chain: [target('a')] }] }),
  )
  assert.ok(parsed.kind === 'ok' && parsed.resource.kind === 'FallbackPolicy')
  const { spec } = parsed.resource
  assert.equal(spec.priority, 0)
  assert.equal(spec.mode, 'Enforce')
  assert.deepEqual(spec.routes[0]?.limits, { deadline: '60s', attempts: 6 })
  assert.deepEqual(spec.routes[0]?.retryBudget, { percent: 20, minPerSecond: 3 })
  assert.deepEqual(spec.routes[0]?.streaming, { onBreak: 'Terminate', keepAlive: '15s' })
  assert.equal(spec.routes[0]?.whenAllOpen, 'Fail')
  assert.equal(spec.routes[0]?.chain[0]?.target?.providerRef.kind, 'LLMProvider')
})

test('names the file, the document, the object, the field, the value and the expectation', () => {
  const value = document(
    'FallbackPolicy',
    { name: 'p', namespace: 'n' },
    { priority: 5000, routes: [{ name: 'r', chain: [target('a')] }] },
  )
  const parsed = parseResource(value, { file: 'policy.yaml', document: 1 })
  assert.deepEqual(parsed.kind === 'refused' ? parsed.problems : [], [
    {
      object: 'FallbackPolicy n/p',
      path: 'spec.priority',
      message: 'a whole number from -1000 to 1000 is expected',
      value: '5000',
      source: { file: 'policy.yaml', document: 1 },
    },
  ])
  assert.deepEqual(parsed.kind === 'refused' ? parsed.problems.map(formatProblem) : [], [
    'policy.yaml#2: FallbackPolicy n/p: spec.priority: a whole number from -1000 to 1000 is expected (given 5000)',
  ])
})

const documents: readonly (readonly [string, unknown, RegExp])[] = [
  ['nothing', null, /^document: one resource is expected/],
  ['a list', [], /^document: one resource is expected/],
  ['a text', 'sk-canary', /^document: one resource is expected[^"]*$/],
  ['an empty object', {}, /apiVersion: required: expected llmfallback.io\/v1alpha1/],
  [
    'another group',
    { apiVersion: 'v1', kind: 'ConfigMap' },
    /^ConfigMap: apiVersion: expected llmfallback.io\/v1alpha1 \(given "v1"\)/,
  ],
  ['no kind', { apiVersion: 'llmfallback.io/v1alpha1' }, /kind: required: expected FallbackPolicy/],
  [
    'a mistyped kind',
    { apiVersion: 'llmfallback.io/v1alpha1', kind: 'FalbackPolicy' },
    /did you mean "FallbackPolicy"\?/,
  ],
  [
    'no metadata',
    { apiVersion: 'llmfallback.io/v1alpha1', kind: 'LLMProvider', spec: { dialect: 'OpenAI' } },
    /metadata: required/,
  ],
  ['no name', document('LLMProvider', {}, { dialect: 'OpenAI' }), /^LLMProvider: metadata.name: required/],
  [
    'no spec',
    { apiVersion: 'llmfallback.io/v1alpha1', kind: 'LLMProvider', metadata: { name: 'x' } },
    /spec: required/,
  ],
  [
    'a bad name',
    document('LLMProvider', { name: 'My_Provider' }, { dialect: 'OpenAI' }),
    /metadata.name: a name has lower-case letters/,
  ],
  [
    'a namespace on a cluster kind',
    document('ClusterLLMProvider', { name: 'x', namespace: 'n' }, { dialect: 'OpenAI' }),
    /unknown field "namespace"/,
  ],
  [
    'a mistyped metadata field',
    document('LLMProvider', { name: 'x', namspace: 'n' }, { dialect: 'OpenAI' }),
    /did you mean "namespace"\?/,
  ],
  [
    'a malformed time',
    document('LLMProvider', { name: 'x', creationTimestamp: 'yesterday' }, { dialect: 'OpenAI' }),
    /creationTimestamp: a time such as/,
  ],
]

for (const [what, value, message] of documents) {
  test(`refuses ${what}`, () => assert.match(problemsOf(value)[0] ?? 'accepted', message))
}

test('what YAML made of a bare word is told as such', () => {
  const spec = (more: object) => ({ routes: [{ name: 'r', chain: [target('a')] }], ...more })
  assert.deepEqual(policyProblems(spec({ selector: { matchLabels: { app: true, version: 1 } } })), [
    'FallbackPolicy n/p: spec.selector.matchLabels.app: a text is expected, not true or false: it needs quotes (YAML reads yes, no, on, off, y and n so)',
    'FallbackPolicy n/p: spec.selector.matchLabels.version: a text is expected, not a number: it needs quotes',
  ])
  assert.match(
    policyProblems(spec({ true: [] }))[0] ?? '',
    /spec\.true: unknown field "true" \(YAML reads .* on,/,
  )
})

test('a blank that nobody sees is shown', () => {
  const spec = { routes: [{ name: 'r', chain: [target('a')] }], '\u00a0mode': 'Observe' }
  assert.match(policyProblems(spec)[0] ?? '', /unknown field "\\u00a0mode" \(did you mean "mode"\?\)/)
})

test('the beginning of one word means that word', () => {
  const problem = problemsOf(document('LLMProvider', { name: 'x' }, { dialect: 'azure' }))[0]
  assert.match(problem ?? '', /did you mean "AzureOpenAI"\?/)
})

test('accepts what the API server adds', () => {
  const metadata = {
    name: 'x',
    namespace: 'n',
    uid: 'u',
    resourceVersion: '1',
    generation: 3,
    creationTimestamp: '2026-01-31T12:00:00Z',
    managedFields: [{ manager: 'kubectl' }],
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
  }
  const value = { ...document('LLMProvider', metadata, { dialect: 'OpenAI' }), status: { conditions: [] } }
  assert.deepEqual(problemsOf(value), [])
})

test('a value is shown on one line and cut short', () => {
  const problem =
    policyProblems({ mode: `a\nb${'c'.repeat(500)}`, routes: [{ name: 'r', chain: [target('a')] }] })[0] ?? ''
  assert.ok(problem.length < 300 && !problem.includes('\n'))
})

test('any JSON is accepted or refused, without an error', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      for (const kind of ['FallbackPolicy', 'LLMProvider', 'ClusterLLMProvider']) {
        parseResource({ apiVersion: 'llmfallback.io/v1alpha1', kind, metadata: value, spec: value })
      }
      parseResource(value)
    }),
  )
})

test('names of the language’s own objects are no fields', () => {
  const value: unknown = JSON.parse(
    '{"apiVersion":"llmfallback.io/v1alpha1","kind":"LLMProvider","metadata":{"name":"x"},"spec":{"dialect":"OpenAI","__proto__":{"region":"eu"},"constructor":1}}',
  )
  assert.match(problemsOf(value).join('\n'), /__proto__.*\n.*constructor/)
})
