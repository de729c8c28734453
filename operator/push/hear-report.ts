// What sidecars send up beside their streams: verdicts on snapshots, and health, which is their heartbeat as well.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { controlHeaders, longestReport } from '../../crds/snapshot/control-frames.ts'
import type { Clock } from '../reconcile/ports.ts'
import { isTokenOf, readBearerToken } from './bearer-token.ts'
import type { LocalFleet } from './local-fleet.ts'
import { parseHealth, parseVerdict } from './parse-report.ts'
import type { ReportPushEvent } from './push-events.ts'
import { readBody } from './read-body.ts'
import { type Refusal, writeRefusal } from './refusal.ts'
import type { StreamRegistry } from './stream-registry.ts'
import type { StreamSession } from './stream-session.ts'

export interface ReportParts {
  readonly clock: Clock
  readonly streams: StreamRegistry
  readonly fleet: LocalFleet
  readonly report: ReportPushEvent
}

export type ReportKind = 'verdict' | 'health'

export async function hearReport(
  parts: ReportParts,
  kind: ReportKind,
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const { request, response } = exchange
  const session = findSession(parts, request)
  const refusal = 'reason' in session ? session : await read(parts, kind, { request, session })
  if (refusal === 'cut') return
  if (refusal === undefined) {
    response.writeHead(204).end()
    return
  }
  parts.report({ kind: 'refused', ...refusal })
  writeRefusal(response, refusal)
}

/** A stranger learns nothing about which streams there are: unknown and not his are one answer. */
function findSession(parts: ReportParts, request: IncomingMessage): StreamSession | Refusal {
  const token = readBearerToken(request.headers.authorization)
  if (token === undefined) return { status: 401, reason: 'noToken' }
  const name = request.headers[controlHeaders.stream]
  const session = typeof name === 'string' ? parts.streams.find(name) : undefined
  const isIts = isTokenOf(token, session?.start.tokenDigest)
  if (session === undefined || !isIts) return { status: 403, reason: 'streamUnknown' }
  return session
}

async function read(
  parts: ReportParts,
  kind: ReportKind,
  from: { readonly request: IncomingMessage; readonly session: StreamSession },
): Promise<Refusal | 'cut' | undefined> {
  const read = await readBody(from.request, longestReport)
  if (read.kind === 'cut') return 'cut'
  const { namespace, pod } = from.session.start
  const who = { pod: { namespace, pod } }
  if (read.kind === 'tooLong') return { status: 413, reason: 'reportTooLong', ...who }
  // The stream may have ended while the body was on its way.
  if (parts.streams.find(from.session.start.stream) === undefined) {
    return { status: 403, reason: 'streamUnknown', ...who }
  }
  const refusal =
    kind === 'verdict'
      ? hearVerdict(parts, from.session, read.body)
      : hearHealth(parts, from.session, read.body)
  if (refusal !== undefined) return { ...refusal, ...who }
  parts.fleet.put(from.session.state)
  return undefined
}

function hearVerdict(parts: ReportParts, session: StreamSession, body: Buffer): Refusal | undefined {
  const parsed = parseVerdict(body)
  if (parsed.kind === 'malformed') return malformed(parsed.problem)
  const { digest, verdict } = parsed.report
  if (!session.hearVerdict(parsed.report, parts.clock.now())) {
    return { status: 409, reason: 'digestNotOffered' }
  }
  const { namespace, pod } = session.start
  parts.report({ kind: 'verdict', digest, verdict, namespace, pod })
  return undefined
}

function hearHealth(parts: ReportParts, session: StreamSession, body: Buffer): Refusal | undefined {
  const parsed = parseHealth(body)
  if (parsed.kind === 'malformed') return malformed(parsed.problem)
  session.hearHealth(parsed.report.targets, parts.clock.now())
  return undefined
}

function malformed(problem: string): Refusal {
  return { status: 400, reason: 'reportMalformed', problem }
}
