// What operator and sidecar say to each other, on one HTTP/1.1 request that stays open in both directions: frames are the
// lines of its answer, reports are the lines of its body, which is chunked. Each line is a JSON document; empty lines mean
// nothing. Fields and kinds are added, never repurposed: an unknown kind is passed over.
import type { PolicySnapshot, ProviderKey, SecretId } from './policy-snapshot.ts'

/** Sent by both ends; a sidecar of another version is served as long as its version is in `supportedProtocols`. */
export const controlProtocol = 1
export const supportedProtocols: readonly number[] = [1]

/** Paths below the operator's URL. */
export const controlPaths = {
  /** POST: frames come down, reports go up. Reports begin after the hello frame. */
  stream: '/v1/stream',
} as const

/** Request headers beside `authorization: Bearer <projected token>`. */
export const controlHeaders = {
  protocol: 'x-llm-fallback-protocol',
  /** Version of the sidecar program. */
  version: 'x-llm-fallback-version',
  /** Digest of the snapshot that is live as the stream opens; absent: none is. */
  live: 'x-llm-fallback-live',
} as const

/** Longest line down and up, in bytes without the line feed. */
export const longestFrame = 16 * 1024 * 1024
export const longestReport = 256 * 1024

export type ControlFrame = HelloFrame | CredentialsFrame | SnapshotFrame | HeartbeatFrame | FarewellFrame

/** The first line. */
export interface HelloFrame {
  readonly kind: 'hello'
  readonly protocol: number
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

/** Whose it is, the stream says: a sidecar speaks for nobody but itself. */
export type Report = VerdictReport | HealthReport

export interface VerdictReport {
  readonly kind: 'verdict'
  /** Of the snapshot that was offered. */
  readonly digest: string
  readonly verdict: 'Applied' | 'Rejected'
  /** Why it was rejected: one sentence without content or keys. */
  readonly message?: string
}

/**
 * What this sidecar has seen of its targets since the stream began; sent at every heartbeat, also when empty: it is the
 * heartbeat of the sidecar as well.
 */
export interface HealthReport {
  readonly kind: 'health'
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

/** The line that carries a report. */
export function reportLine(report: Report): string {
  return `${JSON.stringify(report)}\n`
}
