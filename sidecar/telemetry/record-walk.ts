// What single decisions of a walk add to the metrics.

import type {
  BreakerChanged,
  BreakerStateName,
  CacheAsked,
  FirstContent,
  RetrySuppressed,
  StepEntered,
  StepSkipped,
} from '../chain/events.ts'
import type { SkipReason } from '../chain/outcome.ts'
import type { CounterInstrument, Instruments } from './instruments.ts'
import { requestMetrics } from './request-metrics.ts'
import { skipLabel } from './skip-label.ts'
import { walkMetrics } from './walk-metrics.ts'

export interface WalkRecorder {
  stepSkipped(event: StepSkipped): void
  stepEntered(event: StepEntered): void
  retrySuppressed(event: RetrySuppressed): void
  breakerChanged(event: BreakerChanged): void
  cacheAsked(event: CacheAsked): void
  firstContent(event: FirstContent): void
}

/** Shared with the recorder of requests: a rule may refuse a step or the whole request. */
export type DenialCounter = CounterInstrument<typeof walkMetrics.policyDenials>

/** Skips that a rule of the policy caused, by the name of the rule. */
const denialRules: Readonly<Partial<Record<SkipReason, string>>> = {
  ResidencyDenied: 'residency',
  BudgetExceeded: 'budget',
  CapabilityMissing: 'capability',
}

/** States as metrics spell them, after the usual word for a breaker that probes. */
export const breakerStateLabels: Readonly<Record<BreakerStateName, string>> = {
  closed: 'closed',
  open: 'open',
  probing: 'half_open',
}

export function createWalkRecorder(instruments: Instruments, denials: DenialCounter): WalkRecorder {
  const skipped = instruments.counter(walkMetrics.stepsSkipped)
  const activations = instruments.counter(walkMetrics.activations)
  const suppressed = instruments.counter(walkMetrics.retriesSuppressed)
  const transitions = instruments.counter(walkMetrics.breakerTransitions)
  const cacheRequests = instruments.counter(requestMetrics.cacheRequests)
  const firstToken = instruments.histogram(requestMetrics.firstToken)
  return {
    stepSkipped({ policy, reason }) {
      skipped.add({ policy, reason: skipLabel(reason) }, 1)
      const rule = denialRules[reason]
      if (rule !== undefined) denials.add({ policy, rule }, 1)
    },
    stepEntered({ policy, strategy, reason, from, to }) {
      activations.add({ policy, strategy, reason, from_target: from, to_target: to }, 1)
    },
    retrySuppressed({ policy, cause }) {
      suppressed.add({ policy, cause }, 1)
    },
    breakerChanged({ target, from, to }) {
      transitions.add({ target, from: breakerStateLabels[from], to: breakerStateLabels[to] }, 1)
    },
    cacheAsked({ result }) {
      cacheRequests.add({ cache: 'exact', result }, 1)
    },
    firstContent({ policy, path, milliseconds }) {
      firstToken.observe({ policy, path }, milliseconds / 1000)
    },
  }
}
