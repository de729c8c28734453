// Metrics of tokens, money and time spent at providers.
import type { MetricDefinition } from './metric-definition.ts'
import { doubling } from './metric-definition.ts'

const operationSeconds = doubling(0.01, 14)
const tokenCounts = Array.from({ length: 14 }, (_, index) => 4 ** index)

export const spendingMetrics = {
  targetInfo: {
    name: 'llm_fallback_target_info',
    help: 'Facts about a target; always 1.',
    kind: 'gauge',
    labels: { target: 'target', provider: 'provider', model: 'model', region: 'region' },
  },
  tokens: {
    name: 'llm_fallback_tokens_total',
    help: 'Tokens of all attempts; cache and reasoning tokens are parts of input and output.',
    kind: 'counter',
    labels: { target: 'target', token_type: 'closed' },
  },
  cost: {
    name: 'llm_fallback_cost_usd_total',
    help: 'US dollars spent: on answers that served, on attempts that failed, or estimated.',
    kind: 'counter',
    labels: { policy: 'policy', target: 'target', billing: 'closed' },
  },
  unpricedAttempts: {
    name: 'llm_fallback_unpriced_attempts_total',
    help: 'Attempts with known tokens at a model without a price.',
    kind: 'counter',
    labels: { target: 'target' },
  },
  clientDuration: {
    name: 'gen_ai_client_operation_duration_seconds',
    help: 'Duration of one call to a provider.',
    kind: 'histogram',
    labels: {
      gen_ai_operation_name: 'closed',
      gen_ai_provider_name: 'closed',
      gen_ai_request_model: 'model',
      error_type: 'closed',
    },
    buckets: operationSeconds,
  },
  clientTokens: {
    name: 'gen_ai_client_token_usage',
    help: 'Tokens of one call to a provider.',
    kind: 'histogram',
    labels: {
      gen_ai_operation_name: 'closed',
      gen_ai_provider_name: 'closed',
      gen_ai_request_model: 'model',
      gen_ai_token_type: 'closed',
    },
    buckets: tokenCounts,
  },
} as const satisfies Record<string, MetricDefinition>
