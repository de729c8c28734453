import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Resource } from '../resources/resource.ts'
import { clusterPolicy, policy, resource, target } from '../sample-resources.ts'
import { compileNamespace, type NamespaceInput, type SecretState } from './compile-namespace.ts'

type Fields = Readonly<Record<string, unknown>>

const llm = (name: string, fields: Fields = {}, namespace = 'shop') =>
  resource('LLMProvider', { name, namespace }, { dialect: 'OpenAI', ...fields })
const shared = (name: string, fields: Fields = {}) =>
  resource('ClusterLLMProvider', { name }, { dialect: 'OpenAI', ...fields })
const secretRef = { credentials: { secretRef: { name: 'keys', key: 'k' } } }
const at = (name: string, kind = 'LLMProvider') => target('b', {}, { providerRef: { kind, name } })
const written = (step: Fields) =>
  policy('p', { routes: [{ name: 'r', chain: [target('a'), step] }] }, { namespace: 'shop' })

function compileShop(resources: readonly Resource[], input: Partial<NamespaceInput> = {}) {
  return compileNamespace({
    namespace: 'shop',
    resources: [llm('openai'), ...resources],
    namespaceLabels: {},
    operatorNamespace: 'platform-system',
    secretState: () => 'found',
    ...input,
  })
}

function referencesOf(resources: readonly Resource[], input: Partial<NamespaceInput> = {}) {
  const result = compileShop(resources, input)
  const verdict = result.policies.get('shop/p')?.resolvedRefs
  assert.ok(verdict !== undefined)
  const { snapshot, secrets } = result.classFor({})
  const step = snapshot.policies[0]?.routes[0]?.chain[1]
  assert.ok(step?.kind === 'target')
  return { verdict, step, secrets, providers: Object.keys(snapshot.providers) }
}

const secretGone = { secretState: (): SecretState => 'SecretNotFound' }
const keyGone = { secretState: (): SecretState => 'SecretKeyMissing' }
const notGranted = { secretState: (): SecretState => 'RefNotPermitted' }
const refused = { invalidProviders: new Set(['LLMProvider/shop/broken']) }
const closed = { allowedNamespaces: { from: 'Selector', selector: { matchLabels: { team: 'a' } } } }

type Case = readonly [string, Resource[], Partial<NamespaceInput>, string, RegExp]
const obstacles: readonly Case[] = [
  [
    'a provider that is missing',
    [written(at('opnai'))],
    {},
    'ProviderNotFound',
    /^spec.routes\[0\].chain\[1\].target.providerRef.name: there is no LLMProvider of this name in namespace shop \(did you mean "openai"\?\)/,
  ],
  [
    'a provider of another namespace, which is not told to exist',
    [llm('theirs', {}, 'bank'), written(at('theirs'))],
    {},
    'ProviderNotFound',
    /there is no LLMProvider of this name in namespace shop \(given "theirs"\)$/,
  ],
  [
    'a cluster provider that is closed to the namespace',
    [shared('eu', { region: 'eu-1', ...closed }), written(at('eu', 'ClusterLLMProvider'))],
    {},
    'RefNotPermitted',
    /name: this namespace may not use it: its allowedNamespaces do not include it \(given "eu"\)$/,
  ],
  [
    'a cluster provider of the operator’s namespace only',
    [shared('eu', { allowedNamespaces: { from: 'Same' } }), written(at('eu', 'ClusterLLMProvider'))],
    {},
    'RefNotPermitted',
    /allowedNamespaces/,
  ],
  ['a provider that is refused', [written(at('broken'))], refused, 'ProviderInvalid', /its status says why/],
  [
    'a Secret that is missing',
    [llm('keyed', secretRef), written(at('keyed'))],
    secretGone,
    'SecretNotFound',
    /there is no Secret shop\/keys: create it/,
  ],
  [
    'a key that is missing',
    [llm('keyed', secretRef), written(at('keyed'))],
    keyGone,
    'SecretKeyMissing',
    /Secret shop\/keys has no key k, or nothing in it/,
  ],
  [
    'a Secret that is not granted',
    [llm('keyed', secretRef), written(at('keyed'))],
    notGranted,
    'RefNotPermitted',
    /may not read Secrets in namespace shop: add it to LLM_FALLBACK_CREDENTIAL_NAMESPACES, and Secret shop\/[a-z-]+ to the operator's Role there/,
  ],
  [
    'a Secret of the platform, which is not named',
    [shared('eu', secretRef), written(at('eu', 'ClusterLLMProvider'))],
    secretGone,
    'SecretNotFound',
    /the status of ClusterLLMProvider eu says why \(given "eu"\)$/,
  ],
]

for (const [what, resources, input, reason, message] of obstacles) {
  test(`a step is left out for ${what}, and the rest of the chain stays`, () => {
    const { verdict, step, secrets } = referencesOf(resources, input)
    assert.equal(verdict.isTrue, false)
    assert.equal(verdict.reason, reason)
    assert.match(verdict.message, message)
    assert.equal(step.unresolved, reason)
    assert.deepEqual(secrets, [])
  })
}

test('nothing of a provider that may not be used reaches the snapshot', () => {
  const { providers } = referencesOf([
    shared('eu', { endpoint: 'https://private.example.com', ...closed }),
    written(at('eu', 'ClusterLLMProvider')),
  ])
  assert.deepEqual(providers, ['LLMProvider/shop/openai'])
})

test('a provider whose Secret is missing stays in the snapshot, so that its facts are known', () => {
  const { providers } = referencesOf([llm('keyed', secretRef), written(at('keyed'))], secretGone)
  assert.deepEqual(providers, ['LLMProvider/shop/keyed', 'LLMProvider/shop/openai'])
})

test('no hint names a provider that the namespace may not use', () => {
  const closedToShop = shared('anthropic', closed)
  const near = referencesOf([closedToShop, written(at('antropic', 'ClusterLLMProvider'))])
  assert.match(near.verdict.message, /of this name \(given "antropic"\)$/)
  const otherKind = referencesOf([closedToShop, written(at('anthropic'))])
  assert.match(otherKind.verdict.message, /in namespace shop \(given "anthropic"\)$/)
  const open = referencesOf([shared('anthropic'), written(at('anthropic'))])
  assert.match(open.verdict.message, /but a ClusterLLMProvider: set providerRef.kind/)
})

test('a cluster provider is open to the namespaces that it allows', () => {
  const resources = [shared('eu', closed), written(at('eu', 'ClusterLLMProvider'))]
  const { verdict, step } = referencesOf(resources, { namespaceLabels: { team: 'a' } })
  assert.deepEqual([verdict.reason, step.unresolved], ['ResolvedRefs', undefined])
  const same = [
    shared('eu', { allowedNamespaces: { from: 'Same' } }),
    written(at('eu', 'ClusterLLMProvider')),
  ]
  assert.equal(referencesOf(same, { operatorNamespace: 'shop' }).verdict.isTrue, true)
})

test('the Secret of a cluster provider is in the operator’s namespace, that of another in its own', () => {
  const chain = [
    target('a', {}, { providerRef: { kind: 'ClusterLLMProvider', name: 'eu' } }),
    target('b', {}, { providerRef: { name: 'keyed' } }),
  ]
  const both = policy('p', { routes: [{ name: 'r', chain }] }, { namespace: 'shop' })
  const { snapshot, secrets } = compileShop([
    shared('eu', secretRef),
    llm('keyed', secretRef),
    both,
  ]).classFor({})
  assert.deepEqual(secrets, ['platform-system/keys/k', 'shop/keys/k'])
  assert.deepEqual(snapshot.providers['ClusterLLMProvider/eu']?.credentials, {
    kind: 'secret',
    id: 'platform-system/keys/k',
  })
})

test('requests are not passed through to a provider that is not there', () => {
  const through = (name: string) =>
    policy(
      'p',
      { passThrough: { providerRef: { name } }, routes: [{ name: 'r', chain: [target('a')] }] },
      { namespace: 'shop' },
    )
  const passThroughOf = (name: string) =>
    compileShop([through(name)]).classFor({}).snapshot.policies[0]?.passThrough
  assert.equal(passThroughOf('gone'), undefined)
  assert.equal(passThroughOf('openai'), 'LLMProvider/shop/openai')
})

test('several references that fail are told in one sentence, the first ones in full', () => {
  const chain = ['w', 'x', 'y', 'z'].map(name => target(name, {}, { providerRef: { name } }))
  const result = compileShop([policy('p', { routes: [{ name: 'r', chain }] }, { namespace: 'shop' })])
  assert.match(
    result.policies.get('shop/p')?.resolvedRefs.message ?? '',
    /"w"\); .*"x"\); .*"y"\); and 1 more$/,
  )
})

test('providers have a verdict of their own: those of the namespace, and those of cluster kind that it uses', () => {
  const result = compileShop(
    [
      llm('keyed', secretRef),
      shared('used', secretRef),
      shared('unused'),
      clusterPolicy('c', {
        defaults: { routes: [{ name: 'r', chain: [at('used', 'ClusterLLMProvider')] }] },
      }),
    ],
    { secretState: id => (id.startsWith('shop/') ? 'SecretNotFound' : 'found') },
  )
  assert.deepEqual(
    [...result.providers].map(([key, { resolvedRefs }]) => [key, resolvedRefs.reason]),
    [
      ['ClusterLLMProvider/used', 'ResolvedRefs'],
      ['LLMProvider/shop/keyed', 'SecretNotFound'],
      ['LLMProvider/shop/openai', 'ResolvedRefs'],
    ],
  )
  const { message } = result.providers.get('LLMProvider/shop/keyed')?.resolvedRefs ?? { message: '' }
  assert.equal(message, 'spec.credentials.secretRef: there is no Secret shop/keys: create it')
})
