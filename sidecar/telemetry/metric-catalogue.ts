// Every metric of the sidecar. Names and labels are a public interface: this room's README lists them.
import { processMetrics } from './process-metrics.ts'
import { requestMetrics } from './request-metrics.ts'
import { spendingMetrics } from './spending-metrics.ts'
import { walkMetrics } from './walk-metrics.ts'

export const catalogue = { ...requestMetrics, ...walkMetrics, ...spendingMetrics, ...processMetrics } as const
