// Whether and when the same target is asked again. A retry costs from three purses: the step's own count, the walk's
// allowance and the target's retry budget, so that an outage is never multiplied.
import type { FailureKind } from '../../crds/vocabulary.ts'
import type { Failure } from '../failure/failure.ts'
import { backoffMs } from '../resilience/backoff.ts'
import type { RetrySuppressed } from './events.ts'
import { shortestAttemptMs } from './gates.ts'
import type { Walk } from './step.ts'
import type { Target } from './target.ts'

export type RetryDecision = { readonly kind: 'stop' } | { readonly kind: 'wait'; readonly waitMs: number }

/** A timeout is not among them: a target that was too slow once is not asked to be slow again. */
const repeatable: readonly FailureKind[] = [
  'RateLimited',
  'Overloaded',
  'ServerError',
  'ConnectError',
  'InvalidResponse',
  'StreamInterrupted',
]

export function decideRetry(asked: {
  failure: Failure
  retry: number
  target: Target
  walk: Walk
}): RetryDecision {
  const { failure, retry, target, walk } = asked
  const { attempts, initialMs, factor, maxMs } = target.step.retry
  if (!walk.mayRetry || retry >= attempts || failure.hopeless || !repeatable.includes(failure.kind)) {
    return { kind: 'stop' }
  }
  const backoff = backoffMs({ initialMs, factor, maxMs }, retry, target.parts.random)
  // Waiting less than the provider asks only earns another refusal.
  const waitMs = failure.retryAfterMs ?? backoff
  // Nobody is kept waiting for long while another target could answer now.
  if (waitMs > maxMs && walk.ahead.targetTakes(target.step.hop, failure.kind)) return { kind: 'stop' }
  if (walk.deadline.remaining() < waitMs + shortestAttemptMs) return suppressed(walk, 'deadline')
  if (walk.attempts.left <= 0) return suppressed(walk, 'attempts')
  if (!target.parts.retryBudget.tryWithdraw()) return suppressed(walk, 'budget')
  return { kind: 'wait', waitMs }
}

function suppressed(walk: Walk, cause: RetrySuppressed['cause']): RetryDecision {
  walk.emit({ kind: 'retrySuppressed', policy: walk.labels.policy, cause })
  return { kind: 'stop' }
}
