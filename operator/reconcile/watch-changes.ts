// What a change in the cluster means for the work that is to be done.
import { sameLabels } from './decide.ts'
import type { ClusterReaders } from './gather.ts'
import { isSameSpec, type KnownResources } from './known-resources.ts'
import type { Cancel, Change, PodFacts, StoredResource } from './ports.ts'

/** Whom to tell. Decisions are dear, statuses cheap. */
export interface WorkOrders {
  decide(namespace: string): void
  decideAll(): void
  /** @param namespace empty for cluster kinds. */
  account(namespace: string): void
  /** The resource is gone, its status with it. */
  forget(resource: StoredResource): void
}

export function watchChanges(readers: ClusterReaders, known: KnownResources, orders: WorkOrders): Cancel {
  const onResource = (change: Change<StoredResource>) => orderResource(change, known, orders)
  const cancels = [
    ...[readers.policies, readers.providers, readers.clusterPolicies, readers.clusterProviders].map(reader =>
      reader.onChange(onResource),
    ),
    readers.pods.onChange(change => orderPod(change, orders)),
    readers.namespaces.onChange(({ before, after }) => {
      if (before !== undefined && after !== undefined && sameLabels(before.labels, after.labels)) return
      const name = (after ?? before)?.name
      if (name !== undefined) orders.decide(name)
    }),
  ]
  return () => {
    for (const cancel of cancels) cancel()
  }
}

function orderResource(
  { before, after }: Change<StoredResource>,
  known: KnownResources,
  orders: WorkOrders,
): void {
  const resource = after ?? before
  if (resource === undefined) return
  if (before !== undefined && before.uid !== after?.uid) {
    known.forget(before.uid)
    orders.forget(before)
  }
  // Most often the echo of a status that was just written.
  if (before !== undefined && after !== undefined && isSameSpec(before, after)) {
    orders.account(resource.namespace)
  } else if (resource.namespace === '') orders.decideAll()
  else orders.decide(resource.namespace)
}

function orderPod({ before, after }: Change<PodFacts>, orders: WorkOrders): void {
  const pod = after ?? before
  if (pod === undefined) return
  if (before !== undefined && after !== undefined && isSamePod(before, after)) return
  orders.decide(pod.namespace)
}

/** As far as decisions and counts go. */
function isSamePod(one: PodFacts, other: PodFacts): boolean {
  return (
    one.uid === other.uid &&
    one.isFinished === other.isFinished &&
    one.isDeleting === other.isDeleting &&
    one.hasSidecar === other.hasSidecar &&
    one.injection === other.injection &&
    one.unsound === other.unsound &&
    sameLabels(one.labels, other.labels)
  )
}
