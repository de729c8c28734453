// What the rules may know of the cluster: resources that were checked already, and the surroundings of a namespace. Nothing is
// asked of anybody here: all of it was read before.
import type { NamespaceInput, SecretState } from '../../crds/compile/compile-namespace.ts'
import { labelsOfNamespace } from '../../crds/compile/resolve-provider.ts'
import type { ClusterFallbackPolicy } from '../../crds/resources/cluster-fallback-policy.ts'
import type { FallbackPolicy } from '../../crds/resources/fallback-policy.ts'
import { selectsLabels } from '../../crds/resources/label-selector.ts'
import { parseResource } from '../../crds/resources/parse-resource.ts'
import type { Resource } from '../../crds/resources/resource.ts'
import type { ProviderKey, SecretId } from '../../crds/snapshot/policy-snapshot.ts'
import type { NamespaceFacts, Reader, StoredResource } from '../reconcile/ports.ts'

export interface AdmissionSources {
  readonly policies: Reader<StoredResource>
  readonly clusterPolicies: Reader<StoredResource>
  readonly providers: Reader<StoredResource>
  readonly clusterProviders: Reader<StoredResource>
  readonly namespaces: Reader<NamespaceFacts>
  /** Whether the operator can hand over this key. One that it has not looked at yet counts as found. */
  readonly secretState: (id: SecretId) => SecretState
  /** The operator's own. */
  readonly operatorNamespace: string
}

export interface ClusterView {
  hasSynced(): boolean
  /** All that bears upon a policy of this namespace, without its other policies. */
  surroundings(namespace: string): NamespaceInput
  /** Namespaces that a cluster policy selects, by name. */
  selectedNamespaces(policy: ClusterFallbackPolicy): readonly string[]
  policiesIn(namespace: string): readonly FallbackPolicy[]
}

export function createClusterView(sources: AdmissionSources): ClusterView {
  const { policies, clusterPolicies, providers, clusterProviders, namespaces } = sources
  const readers = [policies, clusterPolicies, providers, clusterProviders, namespaces]
  const parse = createParser()
  return {
    hasSynced: () => readers.every(reader => reader.hasSynced()),
    surroundings(namespace) {
      const stored = [
        ...clusterPolicies.list(),
        ...clusterProviders.list(),
        ...providers.inNamespace(namespace),
      ]
      return {
        namespace,
        resources: stored.flatMap(item => parse(item) ?? []),
        invalidProviders: new Set(stored.flatMap(item => (parse(item) === undefined ? keyOf(item) : []))),
        namespaceLabels: namespaces.find('', namespace)?.labels ?? {},
        operatorNamespace: sources.operatorNamespace,
        secretState: sources.secretState,
      }
    },
    selectedNamespaces({ spec }) {
      const selector = spec.namespaceSelector
      return [...namespaces.list()]
        .filter(
          ({ name, labels }) =>
            selector === undefined || selectsLabels(selector, labelsOfNamespace(name, labels)),
        )
        .map(({ name }) => name)
        .sort()
    },
    policiesIn: namespace =>
      [...policies.inNamespace(namespace)].flatMap(item => {
        const resource = parse(item)
        return resource?.kind === 'FallbackPolicy' ? resource : []
      }),
  }
}

/** Undefined: refused. Each object is checked once, however many questions come while it stands. */
function createParser(): (item: StoredResource) => Resource | undefined {
  const known = new WeakMap<StoredResource, { readonly resource: Resource | undefined }>()
  return item => {
    const earlier = known.get(item)
    if (earlier !== undefined) return earlier.resource
    const parsed = parseResource(item.object)
    const resource = parsed.kind === 'ok' ? parsed.resource : undefined
    known.set(item, { resource })
    return resource
  }
}

function keyOf({ kind, namespace, name }: StoredResource): readonly ProviderKey[] {
  switch (kind) {
    case 'LLMProvider':
      return [`LLMProvider/${namespace}/${name}`]
    case 'ClusterLLMProvider':
      return [`ClusterLLMProvider/${name}`]
    default:
      return []
  }
}
