// Is it live? In words.
import { countOf } from './plain-sentence.ts'
import type { PodTally } from './pod-tally.ts'
import type { ConditionDraft } from './status-draft.ts'

export interface Reach {
  readonly tally: PodTally
  /** Pods that it selects and another policy wins. */
  readonly overridden: number
  /** Policies that win those pods. */
  readonly winners: readonly string[]
  /** Whether its writer meant every pod that has a sidecar rather than certain pods: then those without one are no fault. */
  readonly meant: 'pods with a sidecar' | 'selected pods'
  /** What is said when it reaches no pod at all. */
  readonly nowhere: string
}

/**
 * True when every pod that it wins, and that could run it, runs it. The reason `PartiallyProgrammed` of a true one says that
 * further pods run another policy or have no sidecar, or that some run it without their keys.
 */
export function programmedCondition(reach: Reach): ConditionDraft {
  const { matched, programmed, rejected, stale, notInjected } = reach.tally.count
  if (matched === 0) return reachesNothing(reach)
  if (rejected > 0) return say('False', programmed > 0 ? 'PartiallyProgrammed' : 'Rejected', reach)
  if (stale > 0) return say('False', programmed > 0 ? 'PartiallyProgrammed' : 'Reconciling', reach)
  if (programmed === 0) return say('False', 'NoMatchingPods', reach)
  if (notInjected > 0) {
    return say(reach.meant === 'selected pods' ? 'False' : 'True', 'PartiallyProgrammed', reach)
  }
  const isPartial = reach.overridden > 0 || reach.tally.withheld.pods > 0
  return say('True', isPartial ? 'PartiallyProgrammed' : 'Programmed', reach)
}

function reachesNothing(reach: Reach): ConditionDraft {
  if (reach.overridden === 0) {
    return { type: 'Programmed', status: 'False', reason: 'NoMatchingPods', message: reach.nowhere }
  }
  const verb = reach.overridden === 1 ? 'runs' : 'run'
  const message = `${countOf(reach.overridden, 'selected pod')} ${verb} ${nameWinners(reach.winners)} instead`
  return { type: 'Programmed', status: 'False', reason: 'Overridden', message }
}

function say(status: ConditionDraft['status'], reason: string, reach: Reach): ConditionDraft {
  const { matched, programmed, rejected, stale, notInjected } = reach.tally.count
  const [first] = reach.tally.rejections
  const parts = [
    `live in ${programmed} of ${countOf(matched, 'pod')}`,
    ...(rejected === 0 ? [] : [`refused by ${rejected}, of these ${first?.pod}: ${first?.message}`]),
    ...(stale === 0 ? [] : [`${stale} not heard from yet (${nameSome(reach.tally.stale, stale)})`]),
    ...sayWithheld(reach.tally),
    ...(notInjected === 0
      ? []
      : [
          `${notInjected} without a sidecar (${nameSome(reach.tally.notInjected, notInjected)}): label the namespace llmfallback.io/injection=enabled if it is not, then restart the workload, or select other pods`,
        ]),
    ...(reach.overridden === 0
      ? []
      : [
          `${reach.overridden} more ${reach.overridden === 1 ? 'runs' : 'run'} ${nameWinners(reach.winners)} instead`,
        ]),
  ]
  return { type: 'Programmed', status, reason, message: parts.join('; ') }
}

function sayWithheld({ withheld }: PodTally): readonly string[] {
  const [first] = withheld.first
  if (first === undefined) return []
  return [`${countOf(withheld.pods, 'pod')} without provider keys, of these ${first.pod}: ${first.message}`]
}

const mostNamed = 5

/** `support/a and support/b`; more than five are counted. */
export function nameWinners(winners: readonly string[]): string {
  return nameSome(winners.slice(0, mostNamed), winners.length)
}

/** @param total how many there are, of which `named` are some. */
function nameSome(named: readonly string[], total: number): string {
  const rest = total - named.length
  const names = rest === 0 ? named : [...named, countOf(rest, 'other')]
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
