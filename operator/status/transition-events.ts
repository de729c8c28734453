// What is worth an event once a status has been written: a condition that turned bad, and one that turned good again.
import type { Condition, RecordedEvent, ResourceStatus } from '../reconcile/ports.ts'
import { findCondition } from './stored-status.ts'

/** @param before undefined for an object that carried no status. */
export function transitionEvents(
  before: ResourceStatus | undefined,
  after: ResourceStatus,
): readonly RecordedEvent[] {
  return after.conditions.flatMap(condition => eventOf(findCondition(before, condition.type), condition))
}

function eventOf(before: Condition | undefined, after: Condition): readonly RecordedEvent[] {
  if (before?.status === after.status && before.reason === after.reason) return []
  const isGood = after.type === 'Conflicted' ? after.status === 'False' : after.status === 'True'
  const wasBad = before !== undefined && before.status !== 'Unknown' && before.status !== after.status
  if (after.status === 'Unknown') return []
  // That something works from the start is no news, that a policy is live is.
  if (isGood && after.type !== 'Programmed' && !wasBad) return []
  const { reason, message } = after
  return [{ type: isGood || isQuiet(after) ? 'Normal' : 'Warning', reason, message }]
}

/** On the way, or nothing to do: not yet a reason to worry. */
function isQuiet({ type, reason }: Condition): boolean {
  return type === 'Programmed' && (reason === 'Reconciling' || reason === 'NoMatchingPods')
}
