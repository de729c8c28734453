// The resources of one compilation, each in its namespace and under the name that problems use.
import type { FallbackPolicy } from '../resources/fallback-policy.ts'
import type { Labels } from '../resources/label-selector.ts'
import type { ClusterLLMProvider, LLMProvider } from '../resources/llm-provider.ts'
import { nameObject, type ResourceProblem } from '../resources/problem.ts'
import type { Resource } from '../resources/resource.ts'
import type { ProviderKey } from '../snapshot/policy-snapshot.ts'

export interface CompileInput {
  readonly resources: readonly Resource[]
  /** Only policies of this namespace are taken; resources without a namespace belong to it. Absent: policies of every namespace. */
  readonly namespace?: string
  /** Absent: selectors of policies are not applied. */
  readonly podLabels?: Labels
  /** `folder`: any bad object refuses the whole. `cluster`: only what is selected is judged. */
  readonly environment: 'folder' | 'cluster'
  /** Labels of namespaces by name, for cluster providers that select by them. Its own name is always a label. */
  readonly namespaceLabels?: Readonly<Record<string, Labels>>
  /** The operator's own namespace, which `allowedNamespaces: {from: Same}` means. Absent: no namespace is that one. */
  readonly operatorNamespace?: string
}

export interface PlacedPolicy {
  readonly policy: FallbackPolicy
  readonly namespace: string
  /** `namespace/name`. */
  readonly id: string
  /** `FallbackPolicy namespace/name`. */
  readonly object: string
}

export interface PlacedProvider {
  readonly provider: LLMProvider | ClusterLLMProvider
  readonly key: ProviderKey
  readonly object: string
}

export interface Catalogue {
  readonly policies: readonly PlacedPolicy[]
  readonly providers: ReadonlyMap<ProviderKey, PlacedProvider>
  /** Objects that are there twice. */
  readonly problems: readonly ResourceProblem[]
}

/** Namespace of objects that name none, when the input names none either. */
export const defaultNamespace = 'default'

export function readCatalogue(input: CompileInput): Catalogue {
  const policies = new Map<string, PlacedPolicy>()
  const providers = new Map<ProviderKey, PlacedProvider>()
  const repeated = new Set<string>()
  for (const resource of input.resources) {
    if (resource.kind === 'FallbackPolicy') {
      const placed = placePolicy(resource, input)
      if (policies.has(placed.id)) repeated.add(placed.object)
      policies.set(placed.id, placed)
    } else {
      const placed = placeProvider(resource, input)
      if (providers.has(placed.key)) repeated.add(placed.object)
      providers.set(placed.key, placed)
    }
  }
  return {
    policies: [...policies.values()],
    providers,
    problems: [...repeated].map(object => ({
      object,
      path: 'metadata.name',
      message: 'several objects of this kind have this name',
    })),
  }
}

/** Keys of providers in snapshots: the namespace is part of a namespaced one only. */
export function providerKey(
  kind: PlacedProvider['provider']['kind'],
  namespace: string,
  name: string,
): ProviderKey {
  return kind === 'LLMProvider' ? `LLMProvider/${namespace}/${name}` : `ClusterLLMProvider/${name}`
}

function placePolicy(policy: FallbackPolicy, input: CompileInput): PlacedPolicy {
  const { name } = policy.metadata
  const namespace = namespaceOf(policy.metadata, input)
  return {
    policy,
    namespace,
    id: `${namespace}/${name}`,
    object: nameObject(policy.kind, { name, namespace }),
  }
}

function placeProvider(provider: PlacedProvider['provider'], input: CompileInput): PlacedProvider {
  const { kind, metadata } = provider
  const { name } = metadata
  if (kind === 'ClusterLLMProvider') {
    return { provider, key: providerKey(kind, '', name), object: nameObject(kind, { name }) }
  }
  const namespace = namespaceOf(metadata, input)
  return { provider, key: providerKey(kind, namespace, name), object: nameObject(kind, { name, namespace }) }
}

function namespaceOf(metadata: { readonly namespace?: string }, input: CompileInput): string {
  return metadata.namespace ?? input.namespace ?? defaultNamespace
}
