// Every pod, what it ought to run and how it stands: what the operator shows on request.
import type { PodState, SidecarState } from '../reconcile/ports.ts'
import { judgePod } from './pod-standing.ts'
import type { PlacedPod } from './take-stock.ts'

export interface FleetReport {
  readonly pods: readonly PodReport[]
}

export interface PodReport {
  readonly namespace: string
  readonly pod: string
  readonly uid: string
  /** Policies that it ought to run, `namespace/name` or `cluster/name`, in their order, comma between; empty: none. */
  readonly policy: string
  /** Digest of the snapshot that it ought to run. */
  readonly digest: string
  readonly state: PodState
  /** Empty when programmed, with the keys that it needs. */
  readonly message: string
}

/** Pods that no policy selects and that have neither container nor stream are none of ours and left out. */
export function fleetReport(
  pods: Iterable<PlacedPod>,
  findSidecar: (uid: string) => SidecarState | undefined,
): FleetReport {
  const reports: PodReport[] = []
  for (const { pod, selection } of pods) {
    if (pod.isDeleting || pod.isFinished) continue
    const sidecar = findSidecar(pod.uid)
    if (selection.winners.length === 0 && !pod.hasSidecar && sidecar === undefined) continue
    const { state, message } = judgePod(pod, selection, sidecar)
    reports.push({
      namespace: pod.namespace,
      pod: pod.name,
      uid: pod.uid,
      policy: selection.winners.join(','),
      digest: selection.snapshot.digest,
      state,
      message,
    })
  }
  return { pods: reports }
}
