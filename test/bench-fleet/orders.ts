// What the benchmark says to the process that plays the fleet, and what that answers.

export type FleetOrder =
  /** Adds these sidecars and lets them connect. */
  | {
      readonly kind: 'join'
      readonly url: string
      readonly caFile: string
      readonly tokenFiles: readonly string[]
    }
  /** How the fleet stands towards this generation of the policy. */
  | { readonly kind: 'count'; readonly generation: number }
  /** When each sidecar's verdict on this generation went up. */
  | { readonly kind: 'acks'; readonly generation: number }
  | { readonly kind: 'leave' }

export interface FleetCount {
  /** Sidecars with a stream that has said hello. */
  readonly open: number
  /** Sidecars whose verdict on the generation has gone up. */
  readonly acked: number
  /** Bytes of streams since the start of the process. */
  readonly bytes: number
  /** Streams that ended since the start, and why, each reason with its number. */
  readonly ends: Readonly<Record<string, number>>
}

export interface FleetAcks {
  /** Milliseconds since 1970, one per sidecar. */
  readonly at: readonly number[]
}
