// Policies and providers as the compiler handles them: each where it belongs, under the names that others use.
import type { PolicySpec } from '../resources/fallback-policy.ts'
import type { ClusterLLMProvider, LLMProvider } from '../resources/llm-provider.ts'
import { nameObject } from '../resources/problem.ts'
import type { ProviderKey } from '../snapshot/policy-snapshot.ts'

/** A whole policy: a FallbackPolicy, or one of the two parts of a ClusterFallbackPolicy. */
export interface PlacedPolicy {
  readonly spec: PolicySpec
  readonly metadata: { readonly name: string; readonly creationTimestamp?: string | null }
  /** Where its references are looked up: its own namespace, or that of the pods for a part of a cluster policy. */
  readonly namespace: string
  /** The first half of its id `owner/name`: its namespace, or `cluster`. */
  readonly owner: string
  /** `name@generation`, or `cluster/name@generation`: the value of `x-llm-fallback-policy`. */
  readonly identity: string
  /** `FallbackPolicy namespace/name`, or `ClusterFallbackPolicy name`. */
  readonly object: string
  /** Where it stands in its object. */
  readonly path: 'spec' | 'spec.overrides' | 'spec.defaults'
}

export interface PlacedProvider {
  readonly provider: LLMProvider | ClusterLLMProvider
  readonly key: ProviderKey
  readonly object: string
  /** Where the Secret of its `secretRef` is. */
  readonly secretNamespace: string
}

/** `namespace/name`, or `cluster/name`. */
export function policyId({ owner, metadata }: Pick<PlacedPolicy, 'owner' | 'metadata'>): string {
  return `${owner}/${metadata.name}`
}

/** Keys of providers in snapshots: the namespace is part of a namespaced one only. */
export function providerKey(
  kind: PlacedProvider['provider']['kind'],
  namespace: string,
  name: string,
): ProviderKey {
  return kind === 'LLMProvider' ? `LLMProvider/${namespace}/${name}` : `ClusterLLMProvider/${name}`
}

export interface ProviderPlace {
  /** Of a namespaced provider; of no meaning for the other kind. */
  readonly namespace: string
  /** Where Secrets of cluster providers are; empty where there is no operator. */
  readonly operatorNamespace: string
}

export function placeProvider(provider: PlacedProvider['provider'], place: ProviderPlace): PlacedProvider {
  const { kind, metadata } = provider
  const { name } = metadata
  const { namespace, operatorNamespace } = place
  const isNamespaced = kind === 'LLMProvider'
  return {
    provider,
    key: providerKey(kind, namespace, name),
    object: nameObject(kind, isNamespaced ? { name, namespace } : { name }),
    secretNamespace: isNamespaced ? namespace : operatorNamespace,
  }
}
