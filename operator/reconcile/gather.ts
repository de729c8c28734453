// Everything that bears on one namespace, as last seen. Reads only, and never waits.
import type { KnownResource, KnownResources } from './known-resources.ts'
import type { NamespaceFacts, PodFacts, Reader, StoredResource } from './ports.ts'

export interface ClusterReaders {
  readonly policies: Reader<StoredResource>
  readonly clusterPolicies: Reader<StoredResource>
  readonly providers: Reader<StoredResource>
  readonly clusterProviders: Reader<StoredResource>
  readonly namespaces: Reader<NamespaceFacts>
  readonly pods: Reader<PodFacts>
}

export interface GatheredNamespace {
  readonly namespace: string
  readonly labels: NamespaceFacts['labels']
  /** Of the namespace, and all of cluster kinds. */
  readonly resources: readonly KnownResource[]
  /** Those that have not finished. */
  readonly pods: readonly PodFacts[]
}

/** Undefined while the namespace is unknown: without its labels nobody can say which cluster policies hold there. */
export function gatherNamespace(
  namespace: string,
  readers: ClusterReaders,
  known: KnownResources,
): GatheredNamespace | undefined {
  const facts = readers.namespaces.find('', namespace)
  if (facts === undefined) return undefined
  const stored = [
    ...readers.policies.inNamespace(namespace),
    ...readers.providers.inNamespace(namespace),
    ...readers.clusterPolicies.list(),
    ...readers.clusterProviders.list(),
  ]
  return {
    namespace,
    labels: facts.labels,
    resources: stored.map(resource => known.know(resource)),
    pods: [...readers.pods.inNamespace(namespace)].filter(pod => !pod.isFinished),
  }
}
