// Who may open a stream: the checks in the order of their cost, the first one that fails is the answer.
import { controlHeaders, supportedProtocols } from '../../crds/snapshot/control-frames.ts'
import { assertNever } from '../../crds/vocabulary.ts'
import type { Clock, FleetView, TokenVerdict } from '../reconcile/ports.ts'
import type { AdmissionTurns } from './admission-turns.ts'
import { readBearerToken } from './bearer-token.ts'
import { readClaimedPod } from './claimed-pod.ts'
import type { Authenticated, PodMatch, PodMatcher } from './match-pod.ts'
import { isDigest } from './parse-report.ts'
import type { PushLimits } from './push-limits.ts'
import type { StreamHeaders } from './read-stream-head.ts'
import type { Refusal } from './refusal.ts'
import type { ReviewGate } from './review-gate.ts'
import type { Newcomer, StreamRegistry } from './stream-registry.ts'

export interface AdmitParts {
  readonly clock: Clock
  readonly random: () => number
  readonly limits: PushLimits
  readonly turns: AdmissionTurns
  readonly gate: ReviewGate
  readonly matcher: PodMatcher
  readonly streams: StreamRegistry
  /** Of all replicas: where the pod stood before. */
  readonly fleet: FleetView
}

export type StreamAdmission =
  | { readonly kind: 'admitted'; readonly newcomer: Newcomer }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

const programVersion = /^[\w.+-]{1,64}$/
/** How long a sidecar stays away when the API server or a cache is behind: at most, chosen at random. */
const longestRetryMs = 5_000

/** @param hungUp whether anybody still waits for the answer. */
export async function admitStream(
  parts: AdmitParts,
  headers: StreamHeaders,
  hungUp: () => boolean,
): Promise<StreamAdmission> {
  const token = readBearerToken(headers['authorization'])
  const early = refuseEarly(parts, headers, token !== undefined)
  if (early !== undefined) return refuse(early)
  if (token === undefined) return refuse({ status: 401, reason: 'noToken' })
  const claimed = readClaimedPod(token)
  if (claimed === undefined) {
    return refuse({ status: 401, reason: 'tokenRefused', detail: 'not a token that was made for a pod' })
  }
  const turn = parts.turns.take(claimed)
  if (turn.kind === 'later') {
    return refuse({ status: 503, reason: 'tooManyAtOnce', retryAfterMs: turn.waitMs })
  }
  const verdict = await parts.gate.review(token, hungUp)
  if (verdict.kind !== 'authenticated') return refuse(refuseToken(parts, verdict))
  if (verdict.expiresAt <= parts.clock.wallTime()) return refuse({ status: 401, reason: 'tokenExpired' })
  const refusal = refusePod(parts, verdict, await parts.matcher.match(verdict))
  if (refusal !== undefined) return refuse(refusal)
  return { kind: 'admitted', newcomer: describe(parts, headers, verdict) }
}

/** What can be said without asking anybody. */
function refuseEarly(parts: AdmitParts, headers: StreamHeaders, hasToken: boolean): Refusal | undefined {
  if (!hasToken) return { status: 401, reason: 'noToken' }
  const protocol = headers[controlHeaders.protocol]
  if (!supportedProtocols.some(one => String(one) === protocol)) {
    const problem = `this operator serves protocol ${supportedProtocols.join(', ')}`
    return { status: 426, reason: 'protocolUnsupported', problem }
  }
  if (parts.streams.size >= parts.limits.maxStreams) {
    return { status: 503, reason: 'tooManyStreams', retryAfterMs: retryMs(parts) }
  }
  return undefined
}

function refuseToken(parts: AdmitParts, verdict: Exclude<TokenVerdict, Authenticated>): Refusal {
  const detail = verdict.reason
  if (verdict.kind === 'refused') return { status: 401, reason: 'tokenRefused', detail }
  return { status: 503, reason: 'reviewUnavailable', detail, retryAfterMs: retryMs(parts) }
}

function refusePod(parts: AdmitParts, token: Authenticated, match: PodMatch): Refusal | undefined {
  const pod = { namespace: token.namespace, pod: token.pod }
  switch (match.kind) {
    case 'running':
      return undefined
    case 'unknown':
      return { status: 503, reason: 'podUnknown', pod, retryAfterMs: retryMs(parts) }
    case 'differs':
      return { status: 403, reason: 'podDiffers', pod }
    case 'finished':
      return { status: 403, reason: 'podFinished', pod }
    default:
      return assertNever(match)
  }
}

function describe(parts: AdmitParts, headers: StreamHeaders, verdict: Authenticated): Newcomer {
  const version = headers[controlHeaders.version]
  const live = headers[controlHeaders.live]
  return {
    namespace: verdict.namespace,
    pod: verdict.pod,
    uid: verdict.podUid,
    version: version !== undefined && programVersion.test(version) ? version : 'unknown',
    live: isDigest(live) ? live : undefined,
    rejected: parts.fleet.find(verdict.podUid)?.rejected,
    expiresAt: verdict.expiresAt,
  }
}

function retryMs(parts: AdmitParts): number {
  return longestRetryMs * parts.random()
}

function refuse(refusal: Refusal): StreamAdmission {
  return { kind: 'refused', refusal }
}
