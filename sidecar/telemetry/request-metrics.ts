// Metrics of requests as their callers see them.
import type { MetricDefinition } from './metric-definition.ts'
import { doubling } from './metric-definition.ts'

const requestSeconds = doubling(0.01, 16)
const firstTokenSeconds = doubling(0.05, 10)
const recoverySeconds = doubling(0.1, 10)
const overheadSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1] as const

export const requestMetrics = {
  requests: {
    name: 'llm_fallback_requests_total',
    help: 'Requests answered, by the path that served them and how they ended.',
    kind: 'counter',
    labels: { policy: 'policy', route: 'route', path: 'closed', outcome: 'closed' },
  },
  requestDuration: {
    name: 'llm_fallback_request_duration_seconds',
    help: 'From arrival of a request to the end of its answer.',
    kind: 'histogram',
    labels: { policy: 'policy', path: 'closed', outcome: 'closed' },
    buckets: requestSeconds,
  },
  firstToken: {
    name: 'llm_fallback_time_to_first_token_seconds',
    help: 'From arrival of a streamed request to the first content of its answer.',
    kind: 'histogram',
    labels: { policy: 'policy', path: 'closed' },
    buckets: firstTokenSeconds,
  },
  overhead: {
    name: 'llm_fallback_overhead_seconds',
    help: 'Time of a request spent in the sidecar itself: all but waiting for providers and sleeping.',
    kind: 'histogram',
    labels: { policy: 'policy' },
    buckets: overheadSeconds,
  },
  recovery: {
    name: 'llm_fallback_recovery_seconds',
    help: 'From the end of the first failed attempt to the first byte of the answer that was used.',
    kind: 'histogram',
    labels: { policy: 'policy' },
    buckets: recoverySeconds,
  },
  responses: {
    name: 'llm_fallback_responses_total',
    help: 'Answers that served, by path.',
    kind: 'counter',
    labels: { policy: 'policy', path: 'closed' },
  },
  outputTokens: {
    name: 'llm_fallback_output_tokens_total',
    help: 'Output tokens of the answers that served, by path.',
    kind: 'counter',
    labels: { policy: 'policy', path: 'closed' },
  },
  truncatedResponses: {
    name: 'llm_fallback_truncated_responses_total',
    help: 'Answers that ended because a token limit was reached.',
    kind: 'counter',
    labels: { policy: 'policy', path: 'closed' },
  },
  inflight: {
    name: 'llm_fallback_inflight_requests',
    help: 'Requests that are being answered now.',
    kind: 'gauge',
    labels: {},
  },
  cacheRequests: {
    name: 'llm_fallback_cache_requests_total',
    help: 'Questions to the answer cache.',
    kind: 'counter',
    labels: { cache: 'closed', result: 'closed' },
  },
  cacheEntries: {
    name: 'llm_fallback_cache_entries',
    help: 'Answers in the cache.',
    kind: 'gauge',
    labels: {},
  },
  cacheBytes: {
    name: 'llm_fallback_cache_bytes',
    help: 'Bytes that the answers in the cache take.',
    kind: 'gauge',
    labels: {},
  },
} as const satisfies Record<string, MetricDefinition>
