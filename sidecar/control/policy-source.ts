// Policy in: a source offers snapshots or refusals, and whoever applies them answers. One source per sidecar.
import type { PolicySnapshot } from '../../crds/snapshot/policy-snapshot.ts'

export interface PolicySource {
  /** Resolves when the source has been read once, whatever it held. */
  start(): Promise<void>
  stop(): void
}

/** Where a source hands over what it reads. */
export interface SnapshotSink {
  /** A good snapshot; `warnings` are for people. */
  offer(snapshot: PolicySnapshot, warnings: readonly string[]): void
  /** The source cannot be used as it is now; what is live works on. */
  refuse(reasons: readonly string[]): void
}
