// What a sidecar sends up its stream: verdicts on snapshots, and health, which is its heartbeat as well.
import type { VerdictReport } from '../../crds/snapshot/control-frames.ts'
import { assertNever } from '../../crds/vocabulary.ts'
import type { Clock } from '../reconcile/ports.ts'
import type { LocalFleet } from './local-fleet.ts'
import { parseReport } from './parse-report.ts'
import type { ReportPushEvent } from './push-events.ts'
import type { PushLimits } from './push-limits.ts'
import type { StreamRegistry } from './stream-registry.ts'
import type { StreamSession } from './stream-session.ts'

export interface ReportParts {
  readonly clock: Clock
  readonly limits: Pick<PushLimits, 'heartbeatMs' | 'mostReportsPerHeartbeat'>
  readonly streams: StreamRegistry
  readonly fleet: LocalFleet
  readonly report: ReportPushEvent
}

export function hearReport(parts: ReportParts, session: StreamSession, line: Buffer): void {
  // What comes after a farewell was sent before it was read.
  if (!parts.streams.has(session)) return
  const { heartbeatMs, mostReportsPerHeartbeat: most } = parts.limits
  if (session.countReport(parts.clock.now(), heartbeatMs) > most) {
    // Each costs time that all other streams wait for.
    return parts.streams.cutGarbled(session, `more than ${most} reports within a heartbeat`)
  }
  const parsed = parseReport(line)
  switch (parsed.kind) {
    case 'malformed':
      return parts.streams.cutGarbled(session, parsed.problem)
    case 'unknown':
      return session.hear(parts.clock.now())
    case 'ok':
      if (parsed.report.kind === 'verdict') return hearVerdict(parts, session, parsed.report)
      session.hearHealth(parsed.report.targets, parts.clock.now())
      return parts.fleet.put(session.state)
    default:
      return assertNever(parsed)
  }
}

function hearVerdict(parts: ReportParts, session: StreamSession, report: VerdictReport): void {
  const { digest, verdict } = report
  const { namespace, pod } = session.start
  if (!session.hearVerdict(report, parts.clock.now())) {
    return parts.report({ kind: 'verdictPassedOver', namespace, pod })
  }
  parts.report({ kind: 'verdict', digest, verdict, namespace, pod })
  parts.fleet.put(session.state)
}
