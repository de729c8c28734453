// The centre of the house: one loop over the steps of a chain. Whatever wants to grow in here belongs in a step, a
// listener or a resilience machine.
import { verdictOf } from '../failure/exhausted-verdict.ts'
import type { Failure } from '../failure/failure.ts'
import { Course, type Skip } from './course.ts'
import type { ExhaustedVerdict, Outcome, Reply, TrailEntry } from './outcome.ts'
import type { AnswerOrigin } from './ports.ts'
import type { Step, Walk } from './step.ts'

export type StepResult =
  | {
      readonly kind: 'served'
      readonly reply: Reply
      readonly origin?: AnswerOrigin
      readonly drops: readonly string[]
      readonly trail: readonly TrailEntry[]
    }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly trail: readonly TrailEntry[] }
  | { readonly kind: 'skipped'; readonly skip: Skip; readonly endsWalk?: boolean }
  /** The caller has gone. */
  | { readonly kind: 'abandoned'; readonly trail: readonly TrailEntry[] }

/**
 * Walks forward until a step serves. Never goes back, never starts a step after the caller has gone, and never tries
 * anything after a step has served: what happens to a committed stream is the relay's affair.
 */
export async function walkChain(steps: readonly Step[], walk: Walk): Promise<Outcome> {
  const course = new Course()
  const trail: TrailEntry[] = []
  for (const step of steps) {
    if (!course.admits(step.spec)) continue
    const result = await step.run(walk, course)
    if (result.kind === 'skipped') {
      noteSkip(step, result.skip, { walk, course, trail })
      if (result.endsWalk) break
      continue
    }
    trail.push(...result.trail)
    if (result.kind === 'abandoned') return { kind: 'abandoned', trail }
    if (result.kind === 'served') {
      const { name, hop, kind } = step.spec
      const reason = course.reasonFor(step.spec)
      const { origin, drops, reply } = result
      const served = { name, hop, kind, drops, ...(origin && { origin }), ...(reason && { reason }) }
      return { kind: 'served', step: served, reply, trail }
    }
    course.failed(step.spec, result.failure)
  }
  return { kind: 'exhausted', verdict: exhausted(course, walk), trail }
}

function noteSkip(step: Step, skip: Skip, seen: { walk: Walk; course: Course; trail: TrailEntry[] }): void {
  const { name, hop } = step.spec
  seen.course.skipped(step.spec, skip)
  seen.trail.push({ kind: 'skip', step: name, hop, reason: skip.reason })
  seen.walk.emit({
    kind: 'stepSkipped',
    ...seen.walk.labels,
    step: name,
    hop,
    reason: skip.reason,
    detail: skip.detail,
  })
}

function exhausted(course: Course, walk: Walk): ExhaustedVerdict {
  const last = course.entries.at(-1)?.failure
  // The caller's own mistake, and a primary asked alone, are answered with what the provider said.
  const isVerbatim = walk.isPrimaryOnly || last?.kind === 'BadRequest'
  const entries = last?.kind === 'BadRequest' ? [{ failure: last, isSkip: false }] : course.entries
  const verdict = verdictOf(entries.length === 0 ? [{ failure: nothingToServe, isSkip: false }] : entries)
  const answer = (isVerbatim ? last : refusalIn(course))?.answer
  return answer === undefined ? verdict : { ...verdict, verbatim: answer }
}

/** A chain without a target, whose cache holds nothing. */
const nothingToServe: Failure = { kind: 'ModelUnavailable', detail: 'no step of the chain had an answer' }

/** A refusal that no later step answered goes to the caller as the provider gave it. */
function refusalIn(course: Course): Failure | undefined {
  const first = course.entries.find(entry => !entry.isSkip)?.failure
  return first?.kind === 'GuardrailBlocked' ? first : undefined
}

/** The edge of the chain that led to a step, told when the step really starts. */
export function announceEntry(step: Step['spec'], walk: Walk, course: Course): void {
  const from = course.leftStep
  const reason = course.reasonFor(step)
  if (from === undefined || reason === undefined) return
  const { requestId, policy, route } = walk.labels
  walk.emit({
    kind: 'stepEntered',
    requestId,
    policy,
    route,
    strategy: walk.strategy,
    reason,
    from,
    to: step.name,
  })
}
