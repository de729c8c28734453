// Which policy a pod runs: of those that select it exactly one wins, whole.
import { selectsLabels } from '../resources/label-selector.ts'
import type { CompileInput } from './catalogue.ts'
import { type PlacedPolicy, policyId } from './placed.ts'

export interface Selection {
  /** Absent: no policy selects the pod. */
  readonly winner?: PlacedPolicy
  /** The others that select the pod, in the order of precedence. */
  readonly losers: readonly PlacedPolicy[]
}

export function selectPolicy(policies: readonly PlacedPolicy[], input: CompileInput): Selection {
  const [winner, ...losers] = policies
    .filter(placed => selectsPod(placed, input))
    .sort((left, right) => comparePrecedence(left, right))
  return winner === undefined ? { losers } : { winner, losers }
}

function selectsPod({ spec, namespace }: PlacedPolicy, input: CompileInput): boolean {
  if (input.namespace !== undefined && namespace !== input.namespace) return false
  const { selector } = spec
  if (selector === undefined || input.podLabels === undefined) return true
  return selectsLabels(selector, input.podLabels)
}

/**
 * Below zero when `left` goes first: the higher priority, then the older one (without a time of creation it counts as the
 * newest), then namespace/name. No two policies are equal, since that name is unique.
 */
export function comparePrecedence(left: PlacedPolicy, right: PlacedPolicy): number {
  const byPriority = right.spec.priority - left.spec.priority
  if (byPriority !== 0) return byPriority
  const leftTime = creationTime(left)
  const rightTime = creationTime(right)
  if (leftTime !== rightTime) return leftTime < rightTime ? -1 : 1
  const leftId = policyId(left)
  const rightId = policyId(right)
  if (leftId === rightId) return 0
  return leftId < rightId ? -1 : 1
}

function creationTime({ metadata }: PlacedPolicy): number {
  const { creationTimestamp } = metadata
  return typeof creationTimestamp === 'string' ? Date.parse(creationTimestamp) : Number.POSITIVE_INFINITY
}
