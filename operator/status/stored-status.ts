// What an object says about itself now: untrusted, since anybody with the right to may have written it.
import { canonicalJson } from '../../crds/snapshot/digest.ts'
import type { Condition, ResourceStatus } from '../reconcile/ports.ts'

const conditionTypes = ['Accepted', 'ResolvedRefs', 'Programmed', 'Conflicted', 'Healthy'] as const
const conditionStates = ['True', 'False', 'Unknown'] as const
const podCounts = ['matched', 'programmed', 'rejected', 'stale', 'notInjected'] as const

/** Undefined when there is none; what is malformed in it is left out, so that it counts as different. */
export function readStoredStatus(value: unknown): ResourceStatus | undefined {
  if (!isRecord(value)) return undefined
  const conditions = listOf(value['conditions']).flatMap(readCondition)
  const pods = readPods(value['pods'])
  const rejections = listOf(value['rejections']).flatMap(readRejection)
  const { live, observedGeneration } = value
  return {
    observedGeneration: typeof observedGeneration === 'number' ? observedGeneration : -1,
    conditions,
    ...(pods === undefined ? {} : { pods }),
    ...(rejections.length === 0 ? {} : { rejections }),
    ...(typeof live === 'string' ? { live } : {}),
  }
}

/** Whether writing the one over the other would change nothing. */
export function equalStatus(one: ResourceStatus, other: ResourceStatus): boolean {
  return canonicalJson(inOrder(one)) === canonicalJson(inOrder(other))
}

/** The newest generation that any part of it speaks about; -1: none. */
export function newestGeneration(status: ResourceStatus | undefined): number {
  if (status === undefined) return -1
  return Math.max(
    status.observedGeneration,
    ...status.conditions.map(condition => condition.observedGeneration),
  )
}

export function findCondition(
  status: ResourceStatus | undefined,
  type: Condition['type'],
): Condition | undefined {
  return status?.conditions.find(condition => condition.type === type)
}

function inOrder(status: ResourceStatus): ResourceStatus {
  return {
    ...status,
    conditions: [...status.conditions].sort((left, right) => (left.type < right.type ? -1 : 1)),
  }
}

function readCondition(value: unknown): readonly Condition[] {
  if (!isRecord(value)) return []
  const { reason, message, observedGeneration, lastTransitionTime } = value
  const type = conditionTypes.find(known => known === value['type'])
  const status = conditionStates.find(known => known === value['status'])
  if (type === undefined || status === undefined) return []
  if (typeof reason !== 'string' || typeof message !== 'string') return []
  if (typeof observedGeneration !== 'number' || typeof lastTransitionTime !== 'string') return []
  return [{ type, status, reason, message, observedGeneration, lastTransitionTime }]
}

function readPods(value: unknown): ResourceStatus['pods'] | undefined {
  if (!isRecord(value)) return undefined
  const [matched, programmed, rejected, stale, notInjected] = podCounts.map(name => value[name])
  if (typeof matched !== 'number' || typeof programmed !== 'number') return undefined
  if (typeof rejected !== 'number' || typeof stale !== 'number') return undefined
  if (typeof notInjected !== 'number') return undefined
  return { matched, programmed, rejected, stale, notInjected }
}

function readRejection(value: unknown): readonly { readonly pod: string; readonly message: string }[] {
  if (!isRecord(value)) return []
  const { pod, message } = value
  return typeof pod === 'string' && typeof message === 'string' ? [{ pod, message }] : []
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
