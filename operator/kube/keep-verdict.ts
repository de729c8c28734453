import type { PodFacts } from '../reconcile/ports.ts'

const lasting = '; it stays so until the pod is replaced'

/**
 * A pod that was unsound once is unsound for good: whoever had a hand in it may still have the token of its sidecar, or have left
 * something where the sidecar looks for its latest policy.
 */
export function keepVerdict(before: PodFacts, after: PodFacts): PodFacts {
  if (before.uid !== after.uid || before.unsound === '' || after.unsound !== '') return after
  const unsound = before.unsound.endsWith(lasting) ? before.unsound : `${before.unsound}${lasting}`
  return { ...after, unsound }
}
