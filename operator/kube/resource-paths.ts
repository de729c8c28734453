// Where our own resources lie on the API server.
import { apiVersion } from '../../crds/resources/resource.ts'
import type { ResourceId, ResourceKind } from '../reconcile/ports.ts'

const plurals: Readonly<Record<ResourceKind, string>> = {
  FallbackPolicy: 'fallbackpolicies',
  ClusterFallbackPolicy: 'clusterfallbackpolicies',
  LLMProvider: 'llmproviders',
  ClusterLLMProvider: 'clusterllmproviders',
}

/** Of all namespaces. */
export function collectionPath(kind: ResourceKind): string {
  return `/apis/${apiVersion}/${plurals[kind]}`
}

export function resourcePath({ kind, namespace, name }: ResourceId): string {
  const within = namespace === '' ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  return `/apis/${apiVersion}${within}/${plurals[kind]}/${encodeURIComponent(name)}`
}
