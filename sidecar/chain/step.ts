// One step of a chain, ready to run, and what it may know of the walk.
import type { CompiledStep } from '../../crds/snapshot/policy-snapshot.ts'
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
  /** Hops of the steps that list GuardrailBlocked: a refusal leaves a target only when one of them lies ahead. */
  readonly refusalHops: readonly number[]
  /** Every target is open and the policy says TryLeastBad: this hop is let through its breaker. */
  readonly forcedHop: number | undefined
}

/** Names from configuration that every event carries. */
export interface WalkLabels {
  readonly requestId: string
  /** `namespace/name`. */
  readonly policy: string
  readonly route: string
}
