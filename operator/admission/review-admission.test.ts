import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import {
  type ClusterContents,
  clusterObject,
  policyObject,
  providerObject,
  question,
  sourcesOf,
  specOver,
} from '../../test/support/admission-kit.ts'
import { repositoryRoot } from '../../test/support/child-process.ts'
import type { AdmissionRequest, AdmissionVerdict } from './admission-review.ts'
import { createClusterView } from './cluster-view.ts'
import { reviewAdmission } from './review-admission.ts'

const ask = (request: AdmissionRequest, contents: ClusterContents = {}): AdmissionVerdict =>
  reviewAdmission(request, createClusterView(sourcesOf(contents)))

const openai = providerObject('openai')
const other = providerObject('other', { endpoint: 'https://llm.example.com/v1', region: 'us-east-1' })
const namespaces = { support: { team: 'care' }, sales: { team: 'deals' } }
const good = policyObject('good', specOver(['openai', 'other']))
const constraints = (rules: object, more: object = {}) =>
  clusterObject('ClusterFallbackPolicy', 'platform', { ...more, constraints: rules })

test('a policy whose providers are there is allowed without a word', () => {
  assert.deepEqual(ask(question(good), { objects: [openai, other], namespaces }), {
    kind: 'allowed',
    warnings: [],
  })
})

test('what the validator refuses is refused with path and cure of every problem', () => {
  const bad = policyObject('bad', {
    routes: [{ name: 'r', limits: { deadline: '45' }, chain: [{ name: 'a', manual: { txt: 'hm' } }] }],
  })
  const verdict = ask(question(bad))
  assert.equal(verdict.kind, 'refused')
  const causes = verdict.kind === 'refused' ? verdict.causes : []
  assert.deepEqual(
    causes.map(({ path }) => path),
    [
      'spec.routes[0].limits.deadline',
      'spec.routes[0].chain[0].manual.text',
      'spec.routes[0].chain[0].manual.txt',
    ],
  )
  assert.match(causes[2]?.message ?? '', /did you mean "text"/)
})

test('a policy that breaks constraints of its namespace is refused in the name of who set them', () => {
  const objects = [openai, other, constraints({ maxDeadline: '30s', regions: ['eu-*'] })]
  const verdict = ask(question(good), { objects, namespaces })
  assert.deepEqual(
    verdict.kind === 'refused' && verdict.causes.map(({ path, message }) => `${path}: ${message}`),
    [
      'spec.routes[0].limits.deadline: ClusterFallbackPolicy platform allows at most 30s (given "10m")',
      'spec.routes[0].chain[0].target.providerRef.name: ClusterFallbackPolicy platform allows the regions eu-* only; this provider names no region (given "openai")',
      'spec.routes[0].chain[1].target.providerRef.name: ClusterFallbackPolicy platform allows the regions eu-* only; this provider is in us-east-1 (given "other")',
    ],
  )
})

test('constraints of other namespaces are none of its business', () => {
  const sales = constraints({ maxDeadline: '30s' }, { namespaceSelector: { matchLabels: { team: 'deals' } } })
  assert.equal(ask(question(good), { objects: [openai, other, sales], namespaces }).kind, 'allowed')
  const inSales = policyObject('good', specOver(['openai', 'other']), 'sales')
  assert.equal(ask(question(inSales), { objects: [sales], namespaces }).kind, 'refused')
})

test('a cluster policy whose defaults break the constraints of another one is refused', () => {
  const candidate = clusterObject('ClusterFallbackPolicy', 'floor', { defaults: specOver(['openai']) })
  const verdict = ask(question(candidate), { objects: [constraints({ maxDeadline: '30s' })], namespaces })
  assert.deepEqual(verdict.kind === 'refused' && verdict.causes.map(({ path }) => path), [
    'spec.defaults.routes[0].limits.deadline',
  ])
})

test('a missing provider is a warning, since objects come in any order', () => {
  const verdict = ask(question(good), { objects: [openai], namespaces })
  assert.deepEqual(verdict, {
    kind: 'allowed',
    warnings: [
      'spec.routes[0].chain[1].target.providerRef.name: there is no LLMProvider of this name in namespace support (given "other")',
    ],
  })
})

test('a cluster provider that does not let the namespace in is a warning', () => {
  const shared = clusterObject('ClusterLLMProvider', 'shared', {
    dialect: 'OpenAI',
    endpoint: 'https://shared.example.com',
    allowedNamespaces: { from: 'Selector', selector: { matchLabels: { team: 'deals' } } },
  })
  const spec = specOver(['openai', { kind: 'ClusterLLMProvider', name: 'shared' }])
  const objects = [openai, shared]
  const verdict = ask(question(policyObject('p', spec)), { objects, namespaces })
  assert.match(verdict.warnings.join(' '), /chain\[1\].*this namespace may not use it/)
  assert.deepEqual(
    ask(question(policyObject('p', spec, 'sales')), {
      objects: [providerObject('openai', {}, 'sales'), shared],
      namespaces,
    }).warnings,
    [],
  )
})

test('what the compiler warns about is printed', () => {
  const verdict = ask(question(policyObject('p', specOver(['openai', 'openai']))), {
    objects: [openai],
    namespaces,
  })
  assert.match(verdict.warnings.join(' '), /every target is at api\.openai\.com/)
})

test('certificates that TLS cannot read are a warning on the provider', () => {
  const warningsOf = (caBundle: string) => {
    const verdict = ask(
      question(providerObject('own', { endpoint: 'https://llm.internal/v1', tls: { caBundle } })),
    )
    return verdict.warnings.join(' ')
  }
  const whole = readFileSync(join(repositoryRoot, 'test/support/tls/ca.pem'), 'utf8')
  assert.equal(warningsOf(`# ours\n${whole}`), '')
  const broken = whole.replace(/[A-Za-z0-9+/]{20}/, 'AAAA')
  assert.match(warningsOf(`${whole}\n${broken}`), /^spec\.tls\.caBundle: certificate 2 of 2 cannot be read/)
  assert.match(
    warningsOf('-----BEGIN CERTIFICATE-----\nMII'),
    /^spec\.tls\.caBundle: no certificate in it has an end/,
  )
})

test('an endpoint that is no base URL is a warning on the provider', () => {
  const verdict = ask(question(providerObject('own', { endpoint: 'https://llm.internal/v1/embeddings' })))
  assert.match(verdict.warnings.join(' '), /^spec\.endpoint: ends with \/embeddings, .*internal\/v1 is/)
})

test('a Secret outside the granted namespaces is a warning on the provider', () => {
  const keyed = providerObject('openai', { credentials: { secretRef: { name: 'keys', key: 'openai' } } })
  const verdict = ask(question(keyed), { namespaces, secrets: { 'support/keys/openai': 'RefNotPermitted' } })
  assert.equal(verdict.kind, 'allowed')
  assert.match(
    verdict.warnings.join(' '),
    /secretRef: the operator may not read Secrets in namespace support/,
  )
  assert.match(verdict.warnings.join(' '), /LLM_FALLBACK_CREDENTIAL_NAMESPACES/)
  assert.deepEqual(ask(question(keyed), { namespaces }).warnings, [])
})

test('new constraints name up to five policies that break them, and count the rest', () => {
  const objects = Array.from({ length: 7 }, (_, index) => policyObject(`p${index}`, specOver(['openai'])))
  const verdict = ask(question(constraints({ maxDeadline: '30s' })), {
    objects: [openai, ...objects],
    namespaces,
  })
  assert.equal(verdict.kind, 'allowed')
  assert.deepEqual(verdict.warnings, [
    ...[0, 1, 2, 3, 4].map(index => `spec.constraints: FallbackPolicy support/p${index} breaks them`),
    'spec.constraints: and 2 more policies break them',
  ])
})

test('a cluster policy that selects no namespace says so', () => {
  const candidate = constraints({ maxAttempts: 3 }, { namespaceSelector: { matchLabels: { team: 'none' } } })
  assert.match(ask(question(candidate), { namespaces }).warnings.join(), /selects none of the namespaces/)
})

test('metadata, status and deletion go through, whatever the spec says', () => {
  const bad = policyObject('bad', { routes: [] })
  const leaving = { ...bad, metadata: { name: 'bad', deletionTimestamp: '2026-01-01T00:00:00Z' } }
  const labelled = { ...bad, metadata: { name: 'bad', labels: { a: 'b' } }, status: { conditions: [] } }
  assert.equal(ask(question(bad)).kind, 'refused')
  const allowedOnes: readonly AdmissionRequest[] = [
    question(labelled, { operation: 'UPDATE', oldObject: bad }),
    question(leaving, { operation: 'UPDATE', oldObject: good }),
    question(bad, { operation: 'DELETE', object: null, oldObject: bad }),
    question(bad, { group: 'apps' }),
  ]
  for (const request of allowedOnes) {
    assert.deepEqual(ask(request, { state: 'starting' }), { kind: 'allowed', warnings: [] })
  }
  assert.equal(ask(question(bad, { operation: 'UPDATE', oldObject: good })).kind, 'refused')
})

test('before the cluster was read a policy is put off, a provider is not, and a bad one is refused all the same', () => {
  const starting = { state: 'starting' } as const
  const verdict = ask(question(good), starting)
  assert.equal(verdict.kind === 'refused' && verdict.reason, 'ServiceUnavailable')
  assert.deepEqual(ask(question(openai), starting), { kind: 'allowed', warnings: [] })
  const bad = ask(question(policyObject('bad', { routes: [] })), starting)
  assert.equal(bad.kind === 'refused' && bad.reason, 'Invalid')
})
