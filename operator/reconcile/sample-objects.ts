// Objects of a cluster for tests.
import type { PodFacts, ResourceKind, SidecarState, StoredResource } from './ports.ts'

/** @param place `namespace/name`; empty before the slash for cluster kinds. */
export function sampleResource(
  kind: ResourceKind,
  place: string,
  spec: Readonly<Record<string, unknown>>,
  generation = 1,
): StoredResource {
  const [namespace = '', name = ''] = place.split('/')
  const metadata = {
    name,
    ...(namespace === '' ? {} : { namespace }),
    generation,
    creationTimestamp: '2026-01-01T00:00:00Z',
  }
  const object = { apiVersion: 'llmfallback.io/v1alpha1', kind, metadata, spec }
  const resourceVersion = String(generation)
  return {
    kind,
    namespace,
    name,
    uid: `uid-${place}`,
    generation,
    resourceVersion,
    object,
    status: undefined,
  }
}

export function samplePod(place: string, more: Partial<PodFacts> = {}): PodFacts {
  const [namespace = '', name = ''] = place.split('/')
  return {
    namespace,
    name,
    uid: `uid-${place}`,
    labels: {},
    serviceAccount: 'default',
    node: 'node-1',
    hasSidecar: true,
    injection: 'injected',
    unsound: '',
    exposedKeys: '',
    keptVariables: '',
    isFinished: false,
    isDeleting: false,
    ...more,
  }
}

export function sampleSidecar(pod: PodFacts, more: Partial<SidecarState> = {}): SidecarState {
  const { namespace, name, uid } = pod
  return { namespace, pod: name, uid, connectedAt: 0, version: '0.1.0', targets: [], ...more }
}
