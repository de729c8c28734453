// Every bound of the push server in one place, so that a test can tighten one and a reader can see them all.

export interface PushLimits {
  /** How often either end is heard at least. */
  readonly heartbeatMs: number
  /** A sidecar that sent no report for this many heartbeats is gone. */
  readonly silentHeartbeats: number
  /** How often due heartbeats, expiries and cuts are looked for. */
  readonly lookEveryMs: number
  /** A stream lives between these, so that replicas come to share the load. */
  readonly shortestLifeMs: number
  readonly longestLifeMs: number
  /** A reader that takes nothing for this long is cut. */
  readonly slowReaderMs: number
  /** What is left of a stream after its farewell is cut after this long. */
  readonly farewellMs: number
  /** A pod stays in the fleet for this long after its stream ended: reconnects are normal. */
  readonly reconnectGraceMs: number
  /** How long a pod that the API server knows and the cache does not is waited for. */
  readonly podCacheLagMs: number
  /** New streams a second, and how many of them at once. */
  readonly admissionsPerSecond: number
  readonly admissionBurst: number
  /** Token reviews under way, and waiting. */
  readonly reviewsAtOnce: number
  readonly reviewsWaiting: number
  readonly maxStreams: number
  readonly maxConnections: number
  /** Connections from one address that have not asked for anything yet. Whole nodes may share one. */
  readonly mostSilentPerAddress: number
  /** Reports of one stream within a heartbeat. Health comes once in it, a verdict for each snapshot. */
  readonly mostReportsPerHeartbeat: number
  /** Whole request head, in bytes. A projected token has one to two thousand. */
  readonly maxHeadBytes: number
  /** For a handshake, and for the head after it. */
  readonly requestTimeoutMs: number
  /** Bytes that a stream buffers before it counts as not writable. */
  readonly bufferedBytes: number
  /** Numbers of healthy and failing attempts alone are passed on this often; a breaker that moves at once. */
  readonly countsEveryMs: number
  readonly summaryQuietMs: number
  readonly summaryLongestWaitMs: number
  readonly summaryRenewMs: number
  /** A summary that has not changed for this long is of a replica that is gone. */
  readonly summaryStaleMs: number
}

export const defaultPushLimits: PushLimits = {
  heartbeatMs: 15_000,
  silentHeartbeats: 3,
  lookEveryMs: 1_000,
  shortestLifeMs: 30 * 60_000,
  longestLifeMs: 60 * 60_000,
  slowReaderMs: 60_000,
  farewellMs: 5_000,
  reconnectGraceMs: 5_000,
  podCacheLagMs: 2_000,
  admissionsPerSecond: 200,
  admissionBurst: 400,
  reviewsAtOnce: 32,
  reviewsWaiting: 2_000,
  maxStreams: 10_000,
  maxConnections: 20_000,
  mostSilentPerAddress: 2_000,
  mostReportsPerHeartbeat: 300,
  maxHeadBytes: 16 * 1024,
  requestTimeoutMs: 10_000,
  bufferedBytes: 16 * 1024,
  countsEveryMs: 15_000,
  summaryQuietMs: 200,
  summaryLongestWaitMs: 1_000,
  summaryRenewMs: 20_000,
  summaryStaleMs: 60_000,
}
