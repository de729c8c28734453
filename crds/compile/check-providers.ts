// Whether the providers that a namespace's policies name can be asked, and if not, why.
import type { ProviderRef } from '../resources/policy-step.ts'
import type {
  CompiledProvider,
  ModelFacts,
  ProviderKey,
  SecretId,
  UnresolvedReason,
} from '../snapshot/policy-snapshot.ts'
import type { NamespaceInput, ProviderVerdict, SecretState } from './compile-namespace.ts'
import { compileProvider, secretIdOf } from './compile-provider.ts'
import type { ProviderLookup } from './compile-step.ts'
import { type PlacedProvider, providerKey } from './placed.ts'
import { allowsNamespace, type ProviderMarket, resolveReference } from './resolve-provider.ts'

/** Each provider is looked at once, however many policies name it. */
export interface ProviderDesk extends ProviderLookup {
  check(ref: ProviderRef): ProviderCheck
  /** As part of a snapshot; undefined when it must not or cannot be one. */
  compiled(key: ProviderKey): CompiledProvider | undefined
  /** The key that it needs and that can be had. */
  secretOf(key: ProviderKey): SecretId | undefined
  verdictOf(placed: PlacedProvider): ProviderVerdict
}

/** `compiled` is there unless the provider is missing, refused or out of bounds: a missing key hides nothing else. */
export interface ProviderCheck {
  readonly compiled?: CompiledProvider
  readonly secret?: SecretId
  readonly obstacle?: { readonly reason: UnresolvedReason; readonly message: string }
}

export function openProviderDesk(
  providers: ReadonlyMap<ProviderKey, PlacedProvider>,
  input: NamespaceInput,
): ProviderDesk {
  const { namespace, namespaceLabels: labels, operatorNamespace } = input
  const market: ProviderMarket = {
    providers,
    // Who may use it is its owner's business: that this namespace may not is all that is told.
    explainRefusal: provider =>
      allowsNamespace(provider, { namespace, labels, operatorNamespace })
        ? undefined
        : 'this namespace may not use it: its allowedNamespaces do not include it',
  }
  const checks = new Map<ProviderKey, ProviderCheck>()
  const factsByProvider = new Map<ProviderKey, ReadonlyMap<string, ModelFacts>>()
  const check = (ref: ProviderRef): ProviderCheck => {
    const key = providerKey(ref.kind, namespace, ref.name)
    const known = checks.get(key)
    if (known !== undefined) return known
    const checked = input.invalidProviders?.has(key) ? invalidProvider : checkReference(ref, market, input)
    checks.set(key, checked)
    return checked
  }
  return {
    check,
    compiled: key => checks.get(key)?.compiled,
    secretOf: key => checks.get(key)?.secret,
    isKnown: key => checks.get(key)?.compiled !== undefined,
    findObstacle: key => checks.get(key)?.obstacle?.reason,
    findModel(key, model) {
      const facts = factsByProvider.get(key) ?? indexModels(checks.get(key)?.compiled)
      factsByProvider.set(key, facts)
      return facts.get(model)
    },
    verdictOf: placed => judgeProvider(placed, input),
  }
}

const invalidProvider: ProviderCheck = {
  obstacle: { reason: 'ProviderInvalid', message: 'this provider is refused: its status says why' },
}

function checkReference(ref: ProviderRef, market: ProviderMarket, input: NamespaceInput): ProviderCheck {
  const resolution = resolveReference(ref, input.namespace, market)
  if (resolution.kind !== 'found') {
    return { obstacle: { reason: resolution.kind, message: resolution.message } }
  }
  const { placed } = resolution
  const compiled = compileProvider(placed)
  const secret = secretIdOf(placed)
  if (secret === undefined) return { compiled }
  const state = input.secretState(secret)
  if (state === 'found') return { compiled, secret }
  // The Secrets of the platform are not named to those who only use its providers.
  const message =
    placed.provider.kind === 'ClusterLLMProvider'
      ? `the key of this provider cannot be read: the status of ${placed.object} says why`
      : `the key of this provider cannot be read: ${explainSecret(secret, state)}`
  return { compiled, obstacle: { reason: state, message } }
}

function judgeProvider(placed: PlacedProvider, input: NamespaceInput): ProviderVerdict {
  const secret = secretIdOf(placed)
  const state = secret === undefined ? 'found' : input.secretState(secret)
  if (secret !== undefined && state !== 'found') {
    const message = `spec.credentials.secretRef: ${explainSecret(secret, state)}`
    return { resolvedRefs: { isTrue: false, reason: state, message } }
  }
  const message =
    secret === undefined ? 'it refers to no Secret' : `its key is in Secret ${nameSecret(secret)}`
  return { resolvedRefs: { isTrue: true, reason: 'ResolvedRefs', message } }
}

function explainSecret(id: SecretId, state: Exclude<SecretState, 'found'>): string {
  const [namespace = '', , key = ''] = id.split('/')
  const secret = nameSecret(id)
  switch (state) {
    case 'SecretNotFound':
      return `there is no Secret ${secret}: create it`
    case 'SecretKeyMissing':
      return `Secret ${secret} has no key ${key}, or nothing in it: fill it in, or name another`
    case 'RefNotPermitted':
      return `the operator may not read Secrets in namespace ${namespace}: add it to LLM_FALLBACK_CREDENTIAL_NAMESPACES, and Secret ${secret} to the operator's Role there`
  }
}

function nameSecret(id: SecretId): string {
  return id.slice(0, id.lastIndexOf('/'))
}

function indexModels(provider: CompiledProvider | undefined): ReadonlyMap<string, ModelFacts> {
  return new Map((provider?.models ?? []).map(model => [model.name, model]))
}
