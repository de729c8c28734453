// What is kept of each kind of object. The rest of it is garbage as soon as its page or its event has been read.
import { isDeepStrictEqual } from 'node:util'
import type { FleetSummaryObject, NamespaceFacts, PodFacts, StoredResource } from '../reconcile/ports.ts'
import type { SharedValues } from './share-values.ts'
import { type Fields, fieldsOf, headOf, listOf, numberOf, textOf, textsOf } from './untrusted.ts'

const sidecarContainer = 'llm-fallback'
const injectionAnnotation = 'llmfallback.io/injection'
/** A second copy of the object, kept by `kubectl apply` for itself. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

export function projectNamespace(object: unknown): NamespaceFacts | undefined {
  const head = headOf(object)
  return head && { name: head.name, labels: textsOf(metadataOf(object)['labels']) }
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

export function podProjection(shared: SharedValues) {
  return (object: unknown): PodFacts | undefined => {
    const head = headOf(object)
    if (head === undefined) return undefined
    const metadata = metadataOf(object)
    const spec = fieldsOf(fieldsOf(object)['spec'])
    const phase = textOf(fieldsOf(fieldsOf(object)['status'])['phase'])
    return {
      namespace: shared.text(head.namespace),
      name: head.name,
      uid: head.uid,
      labels: shared.labels(textsOf(metadata['labels'])),
      serviceAccount: shared.text(textOf(spec['serviceAccountName'])),
      node: shared.text(textOf(spec['nodeName'])),
      hasSidecar: [...listOf(spec['initContainers']), ...listOf(spec['containers'])].some(isSidecar),
      injection: shared.text(textOf(fieldsOf(metadata['annotations'])[injectionAnnotation])),
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
