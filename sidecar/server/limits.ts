// Every bound of the inbound edge in one place: Node and fastify leave most of these at "for ever".

export interface ServerLimits {
  /** Longest wait for a complete request head; also for a connection that says nothing. */
  readonly headTimeoutMs: number
  /** Longest wait for a complete request, head and body. */
  readonly requestTimeoutMs: number
  /** How often the two limits above are looked at. */
  readonly checkEveryMs: number
  /** Request line and headers together. */
  readonly maxHeadBytes: number
  readonly maxHeaders: number
  readonly maxConnections: number
  readonly maxRequestsPerSocket: number
  /**
   * Longer than the pools of usual clients keep a connection (OkHttp five minutes, Go 90 seconds), so that they, not we,
   * close it: a request that meets our close on its way is a reset to them, and a POST is not sent twice.
   */
  readonly keepAliveTimeoutMs: number
  /** Longest time in which a reader takes nothing of what was written to it. */
  readonly writeStallMs: number
  /** How long the rest of a refused body is swallowed, so that its sender gets to read the refusal. */
  readonly lingerMs: number
  // HTTP/2 only.
  /** Requests under way on one connection. */
  readonly maxConcurrentStreams: number
  /** Requests that a connection may take back at once, and each second after that. More ends it. */
  readonly streamResetBurst: number
  readonly streamResetsPerSecond: number
  /** Malformed frames and refused streams after which a connection ends. */
  readonly maxInvalidFrames: number
}

export const defaultLimits: ServerLimits = {
  headTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  checkEveryMs: 1_000,
  maxHeadBytes: 16 * 1024,
  maxHeaders: 200,
  maxConnections: 8_192,
  maxRequestsPerSocket: 100_000,
  keepAliveTimeoutMs: 330_000,
  writeStallMs: 30_000,
  lingerMs: 1_000,
  maxConcurrentStreams: 100,
  streamResetBurst: 200,
  streamResetsPerSecond: 33,
  maxInvalidFrames: 100,
}
