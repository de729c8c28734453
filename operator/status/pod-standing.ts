// How one pod stands towards the snapshot that it ought to run.
import type { PodFacts, PodState, SidecarState } from '../reconcile/ports.ts'
import { plainSentence } from './plain-sentence.ts'

export interface PodStanding {
  readonly state: PodState
  /** What keeps it from being programmed; empty when nothing does. */
  readonly message: string
}

/**
 * Exactly one state for every pod: programmed once its sidecar said that this digest is live, rejected while its latest verdict
 * refuses this digest, not injected without both container and stream, stale otherwise. A stream alone counts as a sidecar.
 * @param digest of the snapshot of its selection class.
 */
export function judgePod(pod: PodFacts, digest: string, sidecar: SidecarState | undefined): PodStanding {
  if (sidecar?.live === digest) return { state: 'programmed', message: '' }
  if (sidecar?.rejected?.digest === digest) {
    return { state: 'rejected', message: plainSentence(sidecar.rejected.message) || 'no reason was given' }
  }
  if (sidecar !== undefined) return { state: 'stale', message: explainStream(sidecar) }
  if (pod.hasSidecar) return { state: 'stale', message: 'its sidecar has no stream to the operator' }
  return { state: 'notInjected', message: explainInjection(pod) }
}

function explainStream({ live }: SidecarState): string {
  return live === undefined
    ? 'its sidecar runs no policy yet'
    : `its sidecar still runs ${live.slice(0, 12)} and has not answered yet`
}

function explainInjection({ injection }: PodFacts): string {
  return injection === ''
    ? 'it has no sidecar: label its namespace llmfallback.io/injection=enabled and create it anew'
    : `it has no sidecar: injection says "${plainSentence(injection)}"`
}
