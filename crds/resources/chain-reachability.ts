// Which failures can arrive at each step of a chain: the walk, played through with sets instead of requests.
import { defaultFloorWhen, defaultTargetWhen, type FailureKind, failureKinds } from '../vocabulary.ts'
import type { PolicyStep } from './policy-step.ts'

/** What a target may end with. No gate judges quality yet, so nothing misses a quality floor. */
const targetFailures: readonly FailureKind[] = failureKinds.filter(kind => kind !== 'QualityFloorMissed')

/** Failures that may enter a step, the default filled in. The first step's list is empty: a request enters it. */
export function enteringKinds(step: PolicyStep): readonly FailureKind[] {
  if (step.when !== undefined) return step.when
  return step.target === undefined ? defaultFloorWhen : defaultTargetWhen
}

/**
 * Steps that no failure can enter, by position, with the reason. A manual step always answers, so what enters it goes no
 * further; a cache may miss, so what enters it also goes on; a target may end with anything.
 */
export function findUnreachableSteps(
  chain: readonly PolicyStep[],
): readonly { readonly position: number; readonly reason: string }[] {
  const unreachable: { position: number; reason: string }[] = []
  const arriving = new Set<FailureKind>(chain[0]?.target === undefined ? [] : targetFailures)
  let lastManual = chain[0]?.manual === undefined ? undefined : 'takes every request'
  for (const [position, step] of chain.entries()) {
    if (position === 0) continue
    const entering = kindsThatMayEnter(step).filter(kind => arriving.has(kind))
    if (entering.length === 0) {
      unreachable.push({ position, reason: explainUnreachable(step, lastManual) })
    } else if (step.manual !== undefined) {
      for (const kind of entering) arriving.delete(kind)
      lastManual = 'takes every one'
    } else if (step.target !== undefined) {
      for (const kind of targetFailures) arriving.add(kind)
    }
  }
  return unreachable
}

/** A larger window is entered by ContextOverflow without being asked; whether it is larger, the provider knows. */
function kindsThatMayEnter(step: PolicyStep): readonly FailureKind[] {
  const kinds = enteringKinds(step)
  return step.target !== undefined && step.when === undefined ? [...kinds, 'ContextOverflow'] : kinds
}

function explainUnreachable(step: PolicyStep, lastManual: string | undefined): string {
  if (step.when?.every(kind => kind === 'QualityFloorMissed') === true) {
    return 'no failure can reach this step: quality gates are not supported yet'
  }
  return lastManual === undefined
    ? 'no failure can reach this step: nothing before it can fail in a way that it lists'
    : `no failure can reach this step: the manual step before it ${lastManual}`
}
