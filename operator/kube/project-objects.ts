// What is kept of each kind of object. The rest of it is garbage as soon as its page or its event has been read.
import { isDeepStrictEqual } from 'node:util'
import type {
  FleetSummaryObject,
  NamespaceFacts,
  PodFacts,
  StoredResource,
  TrustCopy,
} from '../reconcile/ports.ts'
import { ownersOf } from './ownership.ts'
import type { SharedValues } from './share-values.ts'
import { type Fields, fieldsOf, headOf, listOf, numberOf, textOf, textsOf } from './untrusted.ts'

const sidecarContainer = 'llm-fallback'
const podAnnotations = {
  injection: 'llmfallback.io/injection',
  exposedKeys: 'llmfallback.io/exposed-keys',
  keptVariables: 'llmfallback.io/kept-variables',
} as const
/** Annotations are written by others too, and may be as long as they like. */
const longestAnnotation = 500
/** Outside of which OpenShift lets no container of the namespace run. */
const openShiftUserRange = 'openshift.io/sa.scc.uid-range'
/** A second copy of the object, kept by `kubectl apply` for itself. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

export function projectNamespace(object: unknown): NamespaceFacts | undefined {
  const head = headOf(object)
  if (head === undefined) return undefined
  const metadata = metadataOf(object)
  const openShiftUsers = textOf(fieldsOf(metadata['annotations'])[openShiftUserRange])
  return {
    name: head.name,
    labels: textsOf(metadata['labels']),
    ...(openShiftUsers !== '' && { openShiftUsers }),
  }
}

export function projectFleetSummary(object: unknown): FleetSummaryObject | undefined {
  const head = headOf(object)
  return head && { name: head.name, data: textsOf(fieldsOf(object)['data']) }
}

/** Of one kind: items of a list do not always say what they are. */
export function resourceProjection(kind: StoredResource['kind'], apiVersion: string) {
  return (object: unknown): StoredResource | undefined => {
    const head = headOf(object)
    if (head === undefined) return undefined
    const fields = fieldsOf(object)
    return {
      kind,
      ...head,
      generation: numberOf(metadataOf(object)['generation']),
      object: { ...fields, apiVersion, kind, metadata: lightMetadata(metadataOf(object)) },
      status: fields['status'],
    }
  }
}

export function trustCopyProjection(shared: SharedValues) {
  return (object: unknown): TrustCopy | undefined => {
    const head = headOf(object)
    if (head === undefined) return undefined
    return {
      namespace: head.namespace,
      name: head.name,
      bundle: shared.text(textOf(fieldsOf(fieldsOf(object)['data'])['ca.crt'])),
      object: { metadata: { ownerReferences: ownersOf(object) } },
    }
  }
}

/** Says why the sidecar of a pod may not be given keys; empty: nothing about the pod speaks against it. */
export type JudgePod = (pod: unknown) => string

export function podProjection(shared: SharedValues, judge: JudgePod) {
  return (object: unknown): PodFacts | undefined => {
    const head = headOf(object)
    if (head === undefined) return undefined
    const metadata = metadataOf(object)
    const spec = fieldsOf(fieldsOf(object)['spec'])
    const annotations = fieldsOf(metadata['annotations'])
    const annotation = (name: keyof typeof podAnnotations) =>
      shared.text(textOf(annotations[podAnnotations[name]]).slice(0, longestAnnotation))
    const phase = textOf(fieldsOf(fieldsOf(object)['status'])['phase'])
    return {
      namespace: shared.text(head.namespace),
      name: head.name,
      uid: head.uid,
      labels: shared.labels(textsOf(metadata['labels'])),
      serviceAccount: shared.text(textOf(spec['serviceAccountName'])),
      node: shared.text(textOf(spec['nodeName'])),
      hasSidecar: [...listOf(spec['initContainers']), ...listOf(spec['containers'])].some(isSidecar),
      injection: annotation('injection'),
      unsound: shared.text(judge(object)),
      exposedKeys: annotation('exposedKeys'),
      keptVariables: annotation('keptVariables'),
      isFinished: phase === 'Succeeded' || phase === 'Failed',
      isDeleting: textOf(metadata['deletionTimestamp']) !== '',
    }
  }
}

/** Most writes to pods and namespaces change nothing that is kept of them. */
export function isSameFacts(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(one, other)
}

function isSidecar(container: unknown): boolean {
  return fieldsOf(container)['name'] === sidecarContainer
}

function metadataOf(object: unknown): Fields {
  return fieldsOf(fieldsOf(object)['metadata'])
}

function lightMetadata(metadata: Fields): Fields {
  const { managedFields: _owners, annotations, ...rest } = metadata
  const { [lastApplied]: _copy, ...kept } = fieldsOf(annotations)
  return Object.keys(kept).length === 0 ? rest : { ...rest, annotations: kept }
}
