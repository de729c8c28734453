// One step of a chain, ready to run, and what it may know of the walk.
import type { CompiledStep } from '../../crds/snapshot/policy-snapshot.ts'
import type { FailureKind } from '../../crds/vocabulary.ts'
import type { Clock } from '../resilience/clock.ts'
import type { Deadline } from '../resilience/deadline.ts'
import type { AttemptAllowance } from './attempt-allowance.ts'
import type { Course } from './course.ts'
import type { ChainListener } from './events.ts'
import type { CallerRequest } from './ports.ts'
import type { StepResult } from './walk-chain.ts'

export interface Step {
  readonly spec: CompiledStep
  /** Rejects for a request that is not valid in its own dialect before anybody was asked; anything else is a bug. */
  run(walk: Walk, course: Course): Promise<StepResult>
}

/** One request's walk: read by every step, written by none. */
export interface Walk {
  readonly request: CallerRequest
  readonly labels: WalkLabels
  readonly strategy: string
  /** Part of the keys of caches and budgets; '' when the policy names no tenant. */
  readonly tenant: string
  readonly deadline: Deadline
  readonly attempts: AttemptAllowance
  readonly clock: Clock
  readonly emit: ChainListener
  /** `x-llm-fallback: off` and Observe mode: the primary alone, its breaker not asked, its failure as it is. */
  readonly isPrimaryOnly: boolean
  /** `off` asks the primary once, whatever its retry setting. */
  readonly mayRetry: boolean
  /** What lies ahead of a hop; nothing when the primary is asked alone. */
  readonly ahead: StepsAhead
  /** Every target is open and the policy says TryLeastBad: this hop is let through its breaker. */
  readonly forcedHop: number | undefined
  /** The model of the chain's first target: what vectors of later targets have to fit. */
  readonly firstModel: string | undefined
}

/** Names from configuration that every event carries. */
export interface WalkLabels {
  readonly requestId: string
  /** `namespace/name`. */
  readonly policy: string
  readonly route: string
}

/** What the rest of a chain could do about a failure. Known when the chain is built. */
export interface StepsAhead {
  /** Some step after this hop lists the kind. */
  anyTakes(hop: number, kind: FailureKind): boolean
  /** A target after this hop lists the kind: somebody else could answer now. */
  targetTakes(hop: number, kind: FailureKind): boolean
}

export function stepsAhead(chain: readonly CompiledStep[]): StepsAhead {
  const takes = (hop: number, kind: FailureKind) => (step: CompiledStep) =>
    step.hop > hop && step.when.includes(kind)
  return {
    anyTakes: (hop, kind) => chain.some(takes(hop, kind)),
    targetTakes: (hop, kind) => chain.some(step => step.kind === 'target' && takes(hop, kind)(step)),
  }
}

export const nothingAhead: StepsAhead = stepsAhead([])
