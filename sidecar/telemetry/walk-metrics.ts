// Metrics of what the walk does: attempts, edges of the chain, breakers, retries.
import type { MetricDefinition } from './metric-definition.ts'

export const walkMetrics = {
  activations: {
    name: 'llm_fallback_activations_total',
    help: 'Walks that moved on from one step of a chain to a later one.',
    kind: 'counter',
    labels: {
      policy: 'policy',
      strategy: 'strategy',
      reason: 'closed',
      from_target: 'step',
      to_target: 'step',
    },
  },
  observedActivations: {
    name: 'llm_fallback_observed_activations_total',
    help: 'Walks in Observe mode that would have moved on from the primary, by the step that was next.',
    kind: 'counter',
    labels: { policy: 'policy', strategy: 'strategy', to_target: 'step' },
  },
  stepsSkipped: {
    name: 'llm_fallback_steps_skipped_total',
    help: 'Steps left out before anything was sent.',
    kind: 'counter',
    labels: { policy: 'policy', reason: 'closed' },
  },
  policyDenials: {
    name: 'llm_fallback_policy_denials_total',
    help: 'Steps or requests that a rule of the policy refused.',
    kind: 'counter',
    labels: { policy: 'policy', rule: 'closed' },
  },
  attempts: {
    name: 'llm_fallback_attempts_total',
    help: 'Wire calls to a target, by result.',
    kind: 'counter',
    labels: { target: 'target', result: 'closed', reason: 'closed' },
  },
  retries: {
    name: 'llm_fallback_retries_total',
    help: 'Attempts that asked the same target again, by the failure before.',
    kind: 'counter',
    labels: { policy: 'policy', target: 'target', reason: 'closed' },
  },
  retriesSuppressed: {
    name: 'llm_fallback_retries_suppressed_total',
    help: 'Retries that a limit did not allow.',
    kind: 'counter',
    labels: { policy: 'policy', cause: 'closed' },
  },
  retryBudget: {
    name: 'llm_fallback_retry_budget_remaining_ratio',
    help: 'Part of the retry budget of a target that is left; the smallest where it has several.',
    kind: 'gauge',
    labels: { target: 'target' },
  },
  streamInterruptions: {
    name: 'llm_fallback_stream_interruptions_total',
    help: 'Streams that broke off.',
    kind: 'counter',
    labels: { target: 'target', phase: 'closed' },
  },
  malformedEvents: {
    name: 'llm_fallback_malformed_events_total',
    help: 'Stream events that could not be read and were skipped.',
    kind: 'counter',
    labels: { target: 'target' },
  },
  breakerState: {
    name: 'llm_fallback_circuit_breaker_state',
    help: '1 for the state that the circuit breaker of a target is in.',
    kind: 'gauge',
    labels: { target: 'target', state: 'closed' },
  },
  breakerTransitions: {
    name: 'llm_fallback_circuit_breaker_transitions_total',
    help: 'Changes of state of a circuit breaker.',
    kind: 'counter',
    labels: { target: 'target', from: 'closed', to: 'closed' },
  },
} as const satisfies Record<string, MetricDefinition>
