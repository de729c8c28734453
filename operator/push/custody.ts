// Who may hold keys. Asked each time before anything is written to a stream, of the pod as the cache shows it in that moment, so
// that no decision that was made earlier, and no replica that was slower, lets a key out.
import { frameLine } from '../../crds/snapshot/control-frames.ts'
import type { PodFacts, Reader } from '../reconcile/ports.ts'

export type Custody =
  | { readonly kind: 'released' }
  /** `reason`: what about the pod is wrong, for people. */
  | { readonly kind: 'withheld'; readonly reason: string }

/** What a sidecar is sent instead of its keys: it drops those that it has. */
export const noCredentialsLine = Buffer.from(frameLine({ kind: 'credentials', secrets: [] }))

const released: Custody = { kind: 'released' }

export function custodyOf(
  pods: Reader<PodFacts>,
  { namespace, pod, uid }: { readonly namespace: string; readonly pod: string; readonly uid: string },
): Custody {
  const facts = pods.find(namespace, pod)
  if (facts === undefined || facts.uid !== uid) return { kind: 'withheld', reason: 'the pod is gone' }
  return facts.unsound === '' ? released : { kind: 'withheld', reason: facts.unsound }
}
