// How one pod stands towards the snapshot that it ought to run.
import type { SelectionClass } from '../../crds/compile/compile-namespace.ts'
import type { PodFacts, PodState, SidecarState } from '../reconcile/ports.ts'
import { plainSentence } from './plain-sentence.ts'
import { whyWithheld } from './withheld-credentials.ts'

export interface PodStanding {
  readonly state: PodState
  /** What keeps it from being programmed, or its sidecar from having its keys; empty when nothing does. */
  readonly message: string
  /** Why no key is sent to its sidecar; empty: it gets what it needs. */
  readonly withheld: string
}

/** What a pod ought to run, as far as its standing goes. */
export type StandingSelection = Pick<SelectionClass, 'secrets'> & {
  readonly snapshot: Pick<SelectionClass['snapshot'], 'digest'>
}

/**
 * Exactly one state for every pod: programmed once its sidecar said that this digest is live, rejected while its latest verdict
 * refuses this digest, not injected without both container and stream, stale otherwise. A stream alone counts as a sidecar.
 * A sidecar that gets no keys runs its policy nevertheless, without the providers that need them.
 */
export function judgePod(
  pod: PodFacts,
  selection: StandingSelection,
  sidecar: SidecarState | undefined,
): PodStanding {
  const { state, message } = judgeProgram(pod, selection.snapshot.digest, sidecar)
  const withheld = state === 'notInjected' ? '' : whyWithheld(pod, selection)
  if (withheld === '') return { state, message, withheld }
  const words = `its sidecar gets no provider keys: ${withheld}`
  return { state, message: message === '' ? words : `${message}; ${words}`, withheld }
}

function judgeProgram(
  pod: PodFacts,
  digest: string,
  sidecar: SidecarState | undefined,
): Pick<PodStanding, 'state' | 'message'> {
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
  if (injection === 'skipped: OptedOut') {
    return 'it has no sidecar: its label llmfallback.io/inject=false says so; narrow the selector of the policy, or remove the label and restart the workload'
  }
  return injection === ''
    ? 'it has no sidecar: see that its namespace has the label llmfallback.io/injection=enabled, then restart the workload'
    : `it has no sidecar: injection says "${plainSentence(injection)}"`
}
