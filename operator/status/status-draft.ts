// A status before it is compared with what the object carries.
import type { Condition, ResourceStatus } from '../reconcile/ports.ts'

export type ConditionDraft = Omit<Condition, 'lastTransitionTime' | 'observedGeneration'>

export interface StatusDraft extends Omit<ResourceStatus, 'conditions' | 'observedGeneration'> {
  /** Generation of the spec that it speaks about. */
  readonly generation: number
  readonly conditions: readonly ConditionDraft[]
  /** False while pods or Secrets have yet to answer, so that a moment's patience makes it truer. */
  readonly isSettled: boolean
}
