// When a sidecar that is told farewell comes back.
import type { FarewellFrame } from '../../crds/snapshot/control-frames.ts'
import { assertNever } from '../../crds/vocabulary.ts'

/** Shorter than the time for which a pod stays in the fleet without a stream. */
const promptMs = 2_000
/** Nobody waits for it: another stream serves the pod, or the pod is gone. */
const lateMs = 30_000
const longestDrainMs = 20_000

/**
 * @param secondsToAdmit how long the others need to let everybody in who is told the same.
 * @param chance from 0 up to 1.
 */
export function reconnectAfterMs(
  reason: FarewellFrame['reason'],
  secondsToAdmit: number,
  chance: number,
): number {
  switch (reason) {
    case 'rebalance':
    case 'tokenExpired':
      return promptMs * chance
    case 'draining':
      return Math.min(longestDrainMs, Math.max(promptMs, secondsToAdmit * 1_000)) * chance
    case 'replaced':
    case 'podGone':
      return lateMs * (1 + chance)
    default:
      return assertNever(reason)
  }
}
