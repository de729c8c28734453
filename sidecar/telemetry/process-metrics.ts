// Metrics of the sidecar itself: its configuration, its audit, its own limits.
import type { MetricDefinition } from './metric-definition.ts'

export const processMetrics = {
  configInfo: {
    name: 'llm_fallback_config_info',
    help: 'The live snapshot by the first 12 digits of its digest; always 1.',
    kind: 'gauge',
    labels: { snapshot: 'closed', schema: 'closed' },
  },
  configGeneration: {
    name: 'llm_fallback_config_generation',
    help: 'Generation of a live policy; for a policy folder the first digits of its content digest as a number.',
    kind: 'gauge',
    labels: { policy: 'policy' },
  },
  lastReloadSuccessful: {
    name: 'llm_fallback_config_last_reload_successful',
    help: '1 when the latest change of the configuration was taken over, 0 when it was refused.',
    kind: 'gauge',
    labels: {},
  },
  lastReloadSuccess: {
    name: 'llm_fallback_config_last_reload_success_timestamp_seconds',
    help: 'When a configuration was last taken over, in seconds since 1970.',
    kind: 'gauge',
    labels: {},
  },
  reloads: {
    name: 'llm_fallback_config_reloads_total',
    help: 'Changes of the configuration, by what became of them.',
    kind: 'counter',
    labels: { result: 'closed' },
  },
  configAge: {
    name: 'llm_fallback_config_age_seconds',
    help: 'Since the live snapshot went live in this pod, restarts included; 0 without one. With an operator as the source only.',
    kind: 'gauge',
    labels: {},
  },
  controlConnected: {
    name: 'llm_fallback_control_stream_connected',
    help: '1 while the stream of the operator is open, 0 otherwise. With an operator as the source only.',
    kind: 'gauge',
    labels: {},
  },
  controlSilence: {
    name: 'llm_fallback_control_stream_silence_seconds',
    help: 'Since the operator was last heard, or since the start. With an operator as the source only.',
    kind: 'gauge',
    labels: {},
  },
  controlEnds: {
    name: 'llm_fallback_control_stream_ends_total',
    help: 'Streams of the operator that ended, and connects that failed, by cause.',
    kind: 'counter',
    labels: { cause: 'closed' },
  },
  auditRecords: {
    name: 'llm_fallback_audit_records_total',
    help: 'Audit records by fate: written, spooled while the sink failed, dropped past the spool; failed counts write errors.',
    kind: 'counter',
    labels: { result: 'closed' },
  },
  auditSpool: {
    name: 'llm_fallback_audit_spool_bytes',
    help: 'Bytes of audit records that wait to be written.',
    kind: 'gauge',
    labels: {},
  },
  labelOverflows: {
    name: 'llm_fallback_metric_label_overflows_total',
    help: 'Observations counted under other because a label value is unknown or the series budget is spent.',
    kind: 'counter',
    labels: { metric: 'closed' },
  },
  buildInfo: {
    name: 'llm_fallback_build_info',
    help: 'Version of the sidecar and of its runtime; always 1.',
    kind: 'gauge',
    labels: { version: 'closed', revision: 'closed', node: 'closed' },
  },
} as const satisfies Record<string, MetricDefinition>
