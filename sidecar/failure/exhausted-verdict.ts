// What the caller is told when nothing served: the failure it can do most with.
import { assertNever, type FailureKind } from '../../crds/vocabulary.ts'
import type { Failure } from './failure.ts'

/** One failed attempt or skipped step, in the order of the walk. */
export interface ExhaustedEntry {
  readonly failure: Failure
  /** An open breaker: until its probe. */
  readonly reopensInMs?: number
  readonly isSkip: boolean
}

export interface Verdict {
  readonly failure: Failure
  readonly status: number
  /** Whole seconds, 1 or more; present when waiting helps and the wait is known. */
  readonly retryAfterSeconds?: number
  readonly mayRetry: boolean
}

/** Nobody says how long an overload lasts: a second is polite. */
const politeWaitMs = 1000

/** Clients sleep through longer waits, or ignore them and hammer: neither is wanted inside one call. */
const longestPatienceMs = 60_000

/** @throws RangeError for a walk that met nothing at all: it has no verdict. */
export function verdictOf(entries: readonly ExhaustedEntry[]): Verdict {
  const waiting = entries.filter(canWait).map(asCandidate).toSorted(shortestWaitFirst)[0]
  if (waiting !== undefined) return waitingVerdict(waiting)
  const first = entries.find(entry => !entry.isSkip) ?? entries[0]
  if (first === undefined) throw new RangeError('a walk that met no failure and no skip has no verdict')
  const { failure } = first
  return { failure, status: statusOf(failure), mayRetry: retryMayHelp[failure.kind] && !failure.hopeless }
}

interface Candidate {
  readonly failure: Failure
  readonly waitMs: number | undefined
  /** A wait that was said, then none, then one that we made up. */
  readonly rank: 0 | 1 | 2
}

function canWait({ failure }: ExhaustedEntry): boolean {
  if (failure.hopeless) return false
  return failure.kind === 'RateLimited' || failure.kind === 'Overloaded' || failure.kind === 'CircuitOpen'
}

function asCandidate({ failure, reopensInMs }: ExhaustedEntry): Candidate {
  const waitMs = failure.kind === 'CircuitOpen' ? (reopensInMs ?? failure.retryAfterMs) : failure.retryAfterMs
  if (waitMs !== undefined) return { failure, waitMs, rank: 0 }
  if (failure.kind === 'Overloaded') return { failure, waitMs: politeWaitMs, rank: 2 }
  return { failure, waitMs, rank: 1 }
}

function shortestWaitFirst(one: Candidate, other: Candidate): number {
  return one.rank - other.rank || (one.waitMs ?? 0) - (other.waitMs ?? 0)
}

function waitingVerdict({ failure, waitMs }: Candidate): Verdict {
  const status = statusOf(failure)
  if (waitMs === undefined) return { failure, status, mayRetry: true }
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000))
  return { failure, status, retryAfterSeconds, mayRetry: waitMs <= longestPatienceMs }
}

/** The status of the answer: not the provider's, for its key and its model are not the caller's fault. */
function statusOf(failure: Failure): number {
  const { kind } = failure
  switch (kind) {
    case 'RateLimited':
    case 'QuotaExhausted':
    case 'BudgetExceeded':
      return 429
    case 'Overloaded':
    case 'ServerError':
    case 'CircuitOpen':
      return 503
    case 'Timeout':
      return 504
    case 'ConnectError':
    case 'InvalidResponse':
    case 'StreamInterrupted':
    case 'QualityFloorMissed':
    case 'AuthFailed':
    case 'ModelUnavailable':
      return 502
    case 'ContextOverflow':
      return 400
    case 'ResidencyDenied':
    case 'CapabilityMissing':
      return 422
    case 'BadRequest':
    case 'GuardrailBlocked':
      return ownErrorStatus(failure)
    default:
      return assertNever(kind)
  }
}

/** As the provider gave it; a refusal inside a 200 or a capability gap dressed as an outage is the request's affair. */
function ownErrorStatus(failure: Failure): number {
  const status = failure.answer?.status ?? failure.status
  return status !== undefined && status >= 400 && status <= 499 ? status : 400
}

/** Whether the same call may end better a moment later. */
const retryMayHelp: Readonly<Record<FailureKind, boolean>> = {
  RateLimited: true,
  Overloaded: true,
  ServerError: true,
  Timeout: true,
  ConnectError: true,
  InvalidResponse: true,
  StreamInterrupted: true,
  CircuitOpen: true,
  QualityFloorMissed: true,
  QuotaExhausted: false,
  AuthFailed: false,
  ModelUnavailable: false,
  ContextOverflow: false,
  GuardrailBlocked: false,
  BudgetExceeded: false,
  ResidencyDenied: false,
  CapabilityMissing: false,
  BadRequest: false,
}
