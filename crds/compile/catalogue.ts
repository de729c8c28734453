// The resources of a folder, each in its namespace and under the name that problems use.
import type { ClusterFallbackPolicy } from '../resources/cluster-fallback-policy.ts'
import type { FallbackPolicy } from '../resources/fallback-policy.ts'
import type { Labels } from '../resources/label-selector.ts'
import { nameObject, type ResourceProblem } from '../resources/problem.ts'
import type { Resource } from '../resources/resource.ts'
import { contentDigest } from '../snapshot/digest.ts'
import type { ProviderKey } from '../snapshot/policy-snapshot.ts'
import { type PlacedPolicy, type PlacedProvider, placeProvider } from './placed.ts'

export interface CompileInput {
  readonly resources: readonly Resource[]
  /** Only policies of this namespace are taken; resources without a namespace belong to it. Absent: policies of every namespace. */
  readonly namespace?: string
  /** Absent: selectors of policies are not applied. */
  readonly podLabels?: Labels
  /** Any bad object refuses the whole folder. A cluster is compiled by `compileNamespace`. */
  readonly environment: 'folder'
  /** Labels of namespaces by name, for cluster providers that select by them. Its own name is always a label. */
  readonly namespaceLabels?: Readonly<Record<string, Labels>>
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
  const problems: ResourceProblem[] = []
  for (const resource of input.resources) {
    if (resource.kind === 'ClusterFallbackPolicy') {
      problems.push(refuseClusterPolicy(resource))
    } else if (resource.kind === 'FallbackPolicy') {
      const placed = placePolicy(resource, input)
      if (policies.has(placed.object)) repeated.add(placed.object)
      policies.set(placed.object, placed)
    } else {
      const namespace = resource.kind === 'LLMProvider' ? namespaceOf(resource.metadata, input) : ''
      const placed = placeProvider(resource, { namespace, operatorNamespace: '' })
      if (providers.has(placed.key)) repeated.add(placed.object)
      providers.set(placed.key, placed)
    }
  }
  return {
    policies: [...policies.values()],
    providers,
    problems: [
      ...problems,
      ...[...repeated].map(object => ({
        object,
        path: 'metadata.name',
        message: 'several objects of this kind have this name',
      })),
    ],
  }
}

function refuseClusterPolicy({ kind, metadata }: ClusterFallbackPolicy): ResourceProblem {
  const message = 'works in a cluster only: in a folder its defaults or overrides are a FallbackPolicy'
  return { object: nameObject(kind, { name: metadata.name }), path: 'kind', message }
}

function placePolicy(policy: FallbackPolicy, input: CompileInput): PlacedPolicy {
  const { kind, spec, metadata } = policy
  const { name } = metadata
  const namespace = namespaceOf(metadata, input)
  return {
    spec,
    metadata,
    namespace,
    owner: namespace,
    // Files have no generation that counts up, so the content itself stands for it.
    identity: `${name}@${contentDigest({ kind, namespace, name, spec }).slice(0, 8)}`,
    object: nameObject(kind, { name, namespace }),
    path: 'spec',
  }
}

/** How problems call a resource of a folder. */
export function nameInFolder({ kind, metadata }: Resource, input: { readonly namespace?: string }): string {
  const { name } = metadata
  const isClusterWide = kind === 'ClusterFallbackPolicy' || kind === 'ClusterLLMProvider'
  return nameObject(kind, isClusterWide ? { name } : { name, namespace: namespaceOf(metadata, input) })
}

function namespaceOf(
  metadata: { readonly namespace?: string },
  input: { readonly namespace?: string },
): string {
  return metadata.namespace ?? input.namespace ?? defaultNamespace
}
