// A draft becomes the status that is written: stamped with its generation, and with the times at which conditions turned.
import type { ResourceStatus } from '../reconcile/ports.ts'
import type { StatusDraft } from './status-draft.ts'
import { findCondition } from './stored-status.ts'

/**
 * @param before what the object carries; a condition keeps its time while its status stays the same.
 * @param wallTime milliseconds since 1970.
 */
export function renderStatus(
  draft: StatusDraft,
  before: ResourceStatus | undefined,
  wallTime: number,
): ResourceStatus {
  const { generation, conditions, isSettled: _, ...rest } = draft
  const now = `${new Date(wallTime).toISOString().slice(0, 19)}Z`
  return {
    ...rest,
    observedGeneration: generation,
    conditions: conditions.map(condition => {
      const earlier = findCondition(before, condition.type)
      const lastTransitionTime = earlier?.status === condition.status ? earlier.lastTransitionTime : now
      return { ...condition, observedGeneration: generation, lastTransitionTime }
    }),
  }
}
