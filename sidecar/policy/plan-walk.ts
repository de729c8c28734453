// What to do before the first step when every target's breaker is open (`whenAllOpen`), and which steps a request may use.
import { Course } from '../chain/course.ts'
import { circuitOpen, pushedKeyIsThere } from '../chain/gates.ts'
import { unresolvedSkip } from '../chain/steps/unresolved-step.ts'
import type { Target } from '../chain/target.ts'
import type { LiveRoute } from './live-snapshot.ts'

export type OpenPlan =
  | { readonly kind: 'walk' }
  /** TryLeastBad: let the target through that would be probed first. */
  | { readonly kind: 'force'; readonly hop: number }
  /** Wait: the first probe is due in this many milliseconds. */
  | { readonly kind: 'wait'; readonly milliseconds: number }

interface OpenTarget {
  readonly target: Target
  readonly reopensInMs: number
}

/** Decides from breakers alone; asks nothing and changes nothing. */
export function planForOpenBreakers(route: LiveRoute): OpenPlan {
  const { whenAllOpen } = route.compiled
  if (whenAllOpen === 'Fail') return { kind: 'walk' }
  const open = reachableOpenTargets(route)
  if (open === undefined) return { kind: 'walk' }
  const soonest = open.reduce((best, next) => (next.reopensInMs < best.reopensInMs ? next : best))
  if (whenAllOpen === 'Wait') return { kind: 'wait', milliseconds: soonest.reopensInMs }
  return { kind: 'force', hop: soonest.target.step.hop }
}

/** The targets that a walk of skips alone would come to; undefined as soon as one of them is not open. */
function reachableOpenTargets(route: LiveRoute): [OpenTarget, ...OpenTarget[]] | undefined {
  const course = new Course()
  const open: OpenTarget[] = []
  for (const { spec } of route.steps) {
    if (spec.kind !== 'target' || !course.admits(spec)) continue
    const target = route.targets.find(candidate => candidate.step === spec)
    const barred = target === undefined ? unresolvedSkip(spec) : pushedKeyIsThere(target)
    if (barred !== undefined) course.skipped(spec, barred)
    if (target === undefined || barred !== undefined) continue
    const refusal = target.parts.breaker.refusal()
    if (refusal === undefined) return undefined
    course.skipped(target.step, circuitOpen(refusal))
    open.push({ target, reopensInMs: refusal.reopensInMs })
  }
  const [first, ...others] = open
  return first === undefined ? undefined : [first, ...others]
}
