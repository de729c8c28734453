// What operator and sidecar say to each other. Frames go down one long response, a JSON document per line; reports come up as
// the bodies of short requests. Fields and kinds are added, never repurposed: an unknown kind of frame is passed over.
import type { PolicySnapshot, ProviderKey, SecretId } from './policy-snapshot.ts'

/** Sent by both ends; a sidecar of another version is served as long as its version is in `supportedProtocols`. */
export const controlProtocol = 1
export const supportedProtocols: readonly number[] = [1]

/** Paths below the operator's URL. */
export const controlPaths = {
  /** GET: the stream of frames. */
  stream: '/v1/stream',
  /** POST, `VerdictReport`. */
  verdict: '/v1/verdict',
  /** POST, `HealthReport`; also the heartbeat of the sidecar. */
  health: '/v1/health',
} as const

/** Request headers beside `authorization: Bearer <projected token>`. */
export const controlHeaders = {
  protocol: 'x-llm-fallback-protocol',
  /** Version of the sidecar program. */
  version: 'x-llm-fallback-version',
  /** Digest of the snapshot that is live as the stream opens; absent: none is. */
  live: 'x-llm-fallback-live',
  /** On POSTs: the `stream` of the hello frame. */
  stream: 'x-llm-fallback-stream',
} as const

/** Longest line of a stream, and longest body of a report, in bytes. */
export const longestFrame = 16 * 1024 * 1024
export const longestReport = 256 * 1024

export type ControlFrame = HelloFrame | CredentialsFrame | SnapshotFrame | HeartbeatFrame | FarewellFrame

/** The first line. */
export interface HelloFrame {
  readonly kind: 'hello'
  readonly protocol: number
  /** Names this stream in reports; not a secret, since reports carry the token as well. */
  readonly stream: string
  /** How often either end is heard at least; silence of three times this ends the stream. */
  readonly heartbeatMs: number
}

/** Every key that the snapshot to come or the live one needs. Replaces what came before; kept in memory only. */
export interface CredentialsFrame {
  readonly kind: 'credentials'
  readonly secrets: readonly PushedSecret[]
}

export interface PushedSecret {
  readonly id: SecretId
  /** Changes with the value. */
  readonly version: string
  readonly value: string
}

/** Credentials that it needs came before it. */
export interface SnapshotFrame {
  readonly kind: 'snapshot'
  readonly snapshot: PolicySnapshot
}

export interface HeartbeatFrame {
  readonly kind: 'heartbeat'
}

/** The operator ends the stream; the sidecar comes back after about this long. */
export interface FarewellFrame {
  readonly kind: 'farewell'
  readonly reason: 'rebalance' | 'tokenExpired' | 'draining' | 'replaced' | 'podGone'
  readonly reconnectAfterMs: number
}

export interface VerdictReport {
  /** Of the snapshot that was offered. */
  readonly digest: string
  readonly verdict: 'Applied' | 'Rejected'
  /** Why it was rejected: one sentence without content or keys. */
  readonly message?: string
}

/** What this sidecar has seen of its targets since the stream began; sent at every heartbeat, also when empty. */
export interface HealthReport {
  readonly targets: readonly TargetHealth[]
}

export interface TargetHealth {
  readonly provider: ProviderKey
  readonly model: string
  readonly breaker: 'closed' | 'open' | 'probing'
  /** Attempts and failures that count against the breaker, over the last minute. */
  readonly attempts: number
  readonly failures: number
}

/** The line that carries a frame. */
export function frameLine(frame: ControlFrame): string {
  return `${JSON.stringify(frame)}\n`
}
