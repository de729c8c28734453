// What the end of an attempt means to the machines around its target: breaker and budget, each told exactly once.
import type { FailureKind } from '../../crds/vocabulary.ts'
import { assertNever } from '../../crds/vocabulary.ts'
import type { Failure } from '../failure/failure.ts'
import type { Permit } from '../resilience/breaker.ts'
import type { Reservation } from '../resilience/spend-budget.ts'
import type { AttemptCost } from './outcome.ts'

export interface Settlement {
  /** A stream has committed: the next calls of a probe need not wait for its end. */
  begun(): void
  succeeded(cost: AttemptCost): void
  failed(failure: Failure, cost: AttemptCost): void
  /** The caller left: nobody is to blame, what was spent is spent. */
  abandoned(cost: AttemptCost): void
}

/** A spent quota does not come back within a breaker's usual time. */
const quotaOpensForMs = 10 * 60_000

export function settleWith(parts: {
  readonly permit: Permit<FailureKind>
  readonly reservation: Reservation | undefined
  readonly openForMs: number
  /** The caller set the deadline: running into it says nothing about the target. */
  readonly callerSetDeadline: boolean
}): Settlement {
  const { permit, reservation, openForMs, callerSetDeadline } = parts
  return {
    begun: () => permit.begun(),
    succeeded(cost) {
      permit.succeeded()
      reservation?.settle(cost.usd ?? 0)
    },
    failed(failure, cost) {
      const isCallersHaste = callerSetDeadline && failure.limit === 'deadline'
      if (isCallersHaste) permit.released()
      else blame(permit, failure, openForMs)
      reservation?.settle(cost.usd ?? 0)
    },
    abandoned(cost) {
      permit.released()
      reservation?.settle(cost.usd ?? 0)
    },
  }
}

function blame(permit: Permit<FailureKind>, failure: Failure, openForMs: number): void {
  const { kind } = failure
  switch (kind) {
    case 'RateLimited':
      // The provider said when to come back; without a hint it is a failure like others.
      if (failure.retryAfterMs !== undefined) return permit.openFor(failure.retryAfterMs, kind)
      return permit.failed(kind)
    case 'QuotaExhausted':
      return permit.openFor(Math.max(failure.retryAfterMs ?? 0, openForMs, quotaOpensForMs), kind)
    case 'AuthFailed':
      return permit.openFor(openForMs, kind)
    case 'Overloaded':
    case 'ServerError':
    case 'Timeout':
    case 'ConnectError':
    case 'InvalidResponse':
    case 'StreamInterrupted':
      return permit.failed(kind)
    case 'ModelUnavailable':
    case 'ContextOverflow':
    case 'GuardrailBlocked':
    case 'QualityFloorMissed':
    case 'BudgetExceeded':
    case 'CircuitOpen':
    case 'ResidencyDenied':
    case 'CapabilityMissing':
    case 'BadRequest':
      // The request's own fault, or a choice of ours: it says nothing about the target's health.
      return permit.released()
    default:
      return assertNever(kind)
  }
}
