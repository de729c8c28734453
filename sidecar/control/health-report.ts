// What goes up at each heartbeat: the targets of this sidecar, cut to what a report may hold.
import { type HealthReport, longestReport, type TargetHealth } from '../../crds/snapshot/control-frames.ts'

/** Of one report: sixteen chains of the longest kind. */
const mostTargets = 256

/** The body of a report. When not all targets fit, those that fail most are told. */
export function healthBody(targets: readonly TargetHealth[], maxBytes: number = longestReport): string {
  let kept = targets.toSorted((one, other) => severity(other) - severity(one)).slice(0, mostTargets)
  for (;;) {
    const body = JSON.stringify({ targets: kept } satisfies HealthReport)
    if (kept.length === 0 || Buffer.byteLength(body) <= maxBytes) return body
    kept = kept.slice(0, Math.floor(kept.length / 2))
  }
}

/** An open breaker first, then by failures. */
function severity({ breaker, failures }: TargetHealth): number {
  return (breaker === 'closed' ? 0 : 1_000_000_000) + failures
}
