// What a walk has met so far, and which steps that lets it enter. Pure bookkeeping: the one rule of the language lives here.
import type { CompiledStep, ModelFacts } from '../../crds/snapshot/policy-snapshot.ts'
import {
  cacheFloorReason,
  type FailureKind,
  manualFloorReason,
  type TelemetryReason,
  telemetryReasons,
} from '../../crds/vocabulary.ts'
import type { Failure } from '../failure/failure.ts'
import type { SkipReason } from './outcome.ts'

/** A step that was left out before anything was sent. */
export interface Skip {
  readonly reason: SkipReason
  /** For the log and the audit, in our own words. */
  readonly detail: string
  /** An open breaker: which kind opened it, and when it will let a probe through. */
  readonly openedBy?: FailureKind
  readonly reopensInMs?: number
}

interface Met {
  readonly step: string
  /** Kinds that a later step's `when` may list to be entered now. */
  readonly kinds: readonly FailureKind[]
  readonly facts?: ModelFacts
}

export interface CourseEntry {
  readonly step: string
  readonly failure: Failure
  readonly isSkip: boolean
  readonly reopensInMs?: number
}

/** Kinds that stand for "nothing was wrong, there was just no answer here": any step but a specialised one may follow. */
const neutralKinds: readonly FailureKind[] = [
  'CircuitOpen',
  'BudgetExceeded',
  'ResidencyDenied',
  'CapabilityMissing',
]

export class Course {
  #lastFailure: Met | undefined
  readonly #skips: Met[] = []
  readonly #entries: CourseEntry[] = []

  failed(step: CompiledStep, failure: Failure): void {
    this.#lastFailure = met(step, [failure.kind])
    this.#entries.push({ step: step.name, failure, isSkip: false })
  }

  skipped(step: CompiledStep, skip: Skip): void {
    this.#skips.push(met(step, kindsOf(skip)))
    const kind = failureKindOf(skip.reason)
    if (kind === undefined) return
    this.#entries.push({
      step: step.name,
      failure: { kind, detail: skip.detail },
      isSkip: true,
      ...(skip.reopensInMs !== undefined && { reopensInMs: skip.reopensInMs }),
    })
  }

  /** Failures first to last, skips among them: what the exhausted verdict is made of. */
  get entries(): readonly CourseEntry[] {
    return this.#entries
  }

  /** The step that the walk left most recently; undefined at the start. */
  get leftStep(): string | undefined {
    return this.#lastFailure?.step ?? this.#skips.at(-1)?.step
  }

  /** `when` is asked about the last failure; while nothing has failed, about every skip so far. */
  admits(step: CompiledStep): boolean {
    if (step.hop === 0) return true
    if (this.#lastFailure !== undefined) return mayFollow(step, this.#lastFailure)
    return this.#skips.some(skip => mayFollow(step, skip))
  }

  /** Why the walk came to this step; undefined while nothing was met. */
  reasonFor(step: Pick<CompiledStep, 'kind'>): TelemetryReason | undefined {
    const last = this.#lastFailure ?? this.#skips.at(-1)
    if (last === undefined) return undefined
    if (step.kind === 'manual') return manualFloorReason
    if (step.kind === 'cache') return cacheFloorReason
    const kind = last.kinds[0]
    return kind === undefined ? undefined : telemetryReasons[kind]
  }
}

function met(step: CompiledStep, kinds: readonly FailureKind[]): Met {
  const facts = step.kind === 'target' ? step.facts : undefined
  return { step: step.name, kinds, ...(facts !== undefined && { facts }) }
}

function kindsOf(skip: Skip): readonly FailureKind[] {
  // The breaker remembers why it opened: a target held open by a 429 still leads to `when: [RateLimited]`.
  if (skip.reason === 'CircuitOpen') return skip.openedBy ? ['CircuitOpen', skip.openedBy] : ['CircuitOpen']
  const kind = failureKindOf(skip.reason)
  return kind === undefined ? neutralKinds : [kind]
}

function failureKindOf(reason: SkipReason): FailureKind | undefined {
  return reason === 'AttemptsExhausted' || reason === 'CacheMiss' ? undefined : reason
}

function mayFollow(step: CompiledStep, last: Met): boolean {
  if (last.kinds.some(kind => step.when.includes(kind))) return true
  if (!last.kinds.includes('ContextOverflow') || step.kind !== 'target' || !step.entersLargerWindow)
    return false
  const needed = last.facts?.contextWindow
  const offered = step.facts?.contextWindow
  return needed !== undefined && offered !== undefined && offered > needed
}
