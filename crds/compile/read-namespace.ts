// What a namespace of a cluster consists of: the policies that its pods may run, level by level, and what holds them.
import type { ClusterFallbackPolicy, Constraints } from '../resources/cluster-fallback-policy.ts'
import { clusterPolicyParts } from '../resources/cluster-policy-rules.ts'
import type { FallbackPolicy } from '../resources/fallback-policy.ts'
import { selectsLabels } from '../resources/label-selector.ts'
import { nameObject } from '../resources/problem.ts'
import { contentDigest } from '../snapshot/digest.ts'
import type { ProviderKey } from '../snapshot/policy-snapshot.ts'
import type { NamespaceInput } from './compile-namespace.ts'
import { type PlacedPolicy, type PlacedProvider, placeProvider } from './placed.ts'
import { labelsOfNamespace } from './resolve-provider.ts'
import { comparePrecedence } from './select-policy.ts'

export interface NamespaceContents {
  /** Each level in its order of precedence. A cluster policy may be in two of them. */
  readonly levels: PolicyLevels
  /** Cluster policies that select this namespace, by name. */
  readonly clusterPolicies: readonly ClusterFallbackPolicy[]
  /** Of this namespace, and all of cluster kind. */
  readonly providers: ReadonlyMap<ProviderKey, PlacedProvider>
}

/** In the order in which their winners are asked for a route. */
export const policyLevels = ['overrides', 'policies', 'defaults'] as const
export type PolicyLevel = (typeof policyLevels)[number]
export type PolicyLevels = Readonly<Record<PolicyLevel, readonly PlacedPolicy[]>>

/** Constraints that are in force, with the name of their owner for messages. */
export interface ConstraintsInForce {
  readonly owner: string
  readonly constraints: Constraints
}

export type NamespaceSurroundings = Pick<
  NamespaceInput,
  'namespace' | 'namespaceLabels' | 'resources' | 'operatorNamespace'
>

export function readNamespace(input: NamespaceSurroundings): NamespaceContents {
  const { namespace, operatorNamespace } = input
  const clusterPolicies: ClusterFallbackPolicy[] = []
  const policies: PlacedPolicy[] = []
  const providers = new Map<ProviderKey, PlacedProvider>()
  for (const resource of input.resources) {
    if (resource.kind === 'ClusterFallbackPolicy') {
      if (selectsNamespace(resource, input)) clusterPolicies.push(resource)
    } else if (resource.kind === 'ClusterLLMProvider' || resource.metadata.namespace === namespace) {
      if (resource.kind === 'FallbackPolicy') {
        policies.push(placePolicy(resource, namespace))
      } else {
        const placed = placeProvider(resource, { namespace, operatorNamespace })
        providers.set(placed.key, placed)
      }
    }
  }
  clusterPolicies.sort((left, right) => (left.metadata.name < right.metadata.name ? -1 : 1))
  const parts = clusterPolicies.flatMap(policy => placeParts(policy, namespace))
  return {
    levels: {
      overrides: inPrecedence(parts.filter(({ path }) => path === 'spec.overrides')),
      policies: inPrecedence(policies),
      defaults: inPrecedence(parts.filter(({ path }) => path === 'spec.defaults')),
    },
    clusterPolicies,
    providers,
  }
}

/** The constraints of each cluster policy for itself: they are never merged. */
export function constraintsOf(
  clusterPolicies: readonly ClusterFallbackPolicy[],
): readonly ConstraintsInForce[] {
  return clusterPolicies.flatMap(({ kind, metadata, spec }) =>
    spec.constraints === undefined
      ? []
      : [{ owner: nameObject(kind, { name: metadata.name }), constraints: spec.constraints }],
  )
}

/** The policies that a resource contributes; none for a cluster policy with constraints only. */
export function placeParts(
  policy: FallbackPolicy | ClusterFallbackPolicy,
  namespace: string,
): readonly PlacedPolicy[] {
  if (policy.kind === 'FallbackPolicy') return [placePolicy(policy, namespace)]
  const { kind, metadata } = policy
  return clusterPolicyParts.flatMap(part => {
    const spec = policy.spec[part]
    if (spec === undefined) return []
    return {
      spec,
      metadata,
      namespace,
      owner: clusterOwner,
      identity: `${clusterOwner}/${nameGeneration(policy)}`,
      object: nameObject(kind, { name: metadata.name }),
      path: `spec.${part}` as const,
    }
  })
}

/** What stands for the namespace in ids, identities and labels of cluster policies. */
export const clusterOwner = 'cluster'

function placePolicy(policy: FallbackPolicy, namespace: string): PlacedPolicy {
  const { kind, spec, metadata } = policy
  return {
    spec,
    metadata,
    namespace,
    owner: namespace,
    identity: nameGeneration(policy),
    object: nameObject(kind, { name: metadata.name, namespace }),
    path: 'spec',
  }
}

/** The API server counts generations; an object that never met one is known by its content. */
function nameGeneration({ kind, metadata, spec }: FallbackPolicy | ClusterFallbackPolicy): string {
  const { name, generation } = metadata
  return `${name}@${generation ?? contentDigest({ kind, name, spec }).slice(0, 8)}`
}

function selectsNamespace({ spec }: ClusterFallbackPolicy, input: NamespaceSurroundings): boolean {
  const { namespaceSelector } = spec
  if (namespaceSelector === undefined) return true
  return selectsLabels(namespaceSelector, labelsOfNamespace(input.namespace, input.namespaceLabels))
}

function inPrecedence(policies: readonly PlacedPolicy[]): readonly PlacedPolicy[] {
  return [...policies].sort(comparePrecedence)
}
