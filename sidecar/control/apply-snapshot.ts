// The last door before a snapshot goes live: swapped whole, or refused with a reason while the old one works on.
import type { PolicySnapshot } from '../../crds/snapshot/policy-snapshot.ts'
import type { PolicyHolder } from '../policy/policy-holder.ts'
import type { SnapshotSink } from './policy-source.ts'

/** Who wants to know how a change went: logs and metrics. */
export interface ChangeListener {
  applied(snapshot: PolicySnapshot, warnings: readonly string[]): void
  unchanged(): void
  refused(reasons: readonly string[]): void
}

export function applyTo(holder: PolicyHolder, listener: ChangeListener): SnapshotSink {
  const refuse = (reasons: readonly string[]) => {
    holder.refused(reasons.join('; '))
    listener.refused(reasons)
  }
  return {
    refuse,
    offer(snapshot, warnings) {
      if (snapshot.digest === holder.digest) {
        holder.unchanged()
        listener.unchanged()
        return { kind: 'unchanged' }
      }
      try {
        holder.apply(snapshot)
      } catch (cause) {
        const reasons = [cause instanceof Error ? cause.message : 'the snapshot cannot be run']
        refuse(reasons)
        return { kind: 'refused', reasons }
      }
      listener.applied(snapshot, warnings)
      return { kind: 'applied' }
    },
  }
}
