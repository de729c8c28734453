// Policy in: a source offers snapshots or refusals, and whoever applies them answers. One source per sidecar.
import type { PolicySnapshot } from '../../crds/snapshot/policy-snapshot.ts'

export interface PolicySource {
  /** Resolves when the source has been read once, whatever it held. */
  start(): Promise<void>
  stop(): void
}

/** Where a source hands over what it reads. */
export interface SnapshotSink {
  /** A good snapshot; `warnings` are for people. Tells what became of it. */
  offer(snapshot: PolicySnapshot, warnings: readonly string[]): OfferResult
  /** The source cannot be used as it is now; what is live works on. */
  refuse(reasons: readonly string[]): void
}

/** What became of an offered snapshot. */
export type OfferResult =
  | { readonly kind: 'applied' }
  /** It is the one that is live. */
  | { readonly kind: 'unchanged' }
  /** It cannot be run; what was live before works on. */
  | { readonly kind: 'refused'; readonly reasons: readonly string[] }
