// What goes up at each heartbeat: the targets of this sidecar, cut to what a report may hold.
import { longestReport, reportLine, type TargetHealth } from '../../crds/snapshot/control-frames.ts'

/** Of one report: sixteen chains of the longest kind. */
const mostTargets = 256

/**
 * The line of a report. When not all targets fit, those that fail most are told.
 *
 * @param maxBytes without the line feed
 */
export function healthLine(targets: readonly TargetHealth[], maxBytes: number = longestReport): string {
  let kept = targets.toSorted((one, other) => severity(other) - severity(one)).slice(0, mostTargets)
  for (;;) {
    const line = reportLine({ kind: 'health', targets: kept })
    if (kept.length === 0 || Buffer.byteLength(line) <= maxBytes + 1) return line
    kept = kept.slice(0, Math.floor(kept.length / 2))
  }
}

/** An open breaker first, then by failures. */
function severity({ breaker, failures }: TargetHealth): number {
  return (breaker === 'closed' ? 0 : 1_000_000_000) + failures
}
