// Where the events of all rooms go.
import type { Logger } from '../telemetry/logger.ts'
import type { OperatorMetrics } from '../telemetry/metrics.ts'
import { eventRecorder, type OperatorEvent } from '../telemetry/operator-events.ts'

/** Metrics are read from the rooms, so they come after them; events that come earlier are logged alone. */
export interface Telemetry {
  readonly logger: Logger
  metrics?: OperatorMetrics
}

export function recordIn(room: string, telemetry: Telemetry): (event: OperatorEvent) => void {
  let record: ((event: OperatorEvent) => void) | undefined
  return event => {
    const { logger, metrics } = telemetry
    if (metrics !== undefined) record ??= eventRecorder(room, { logger, counter: metrics.events })
    record?.(event)
  }
}
