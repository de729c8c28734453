// A snapshot off the wire: checked again whole, offered, kept, and answered for by its digest.

import { formatProblem } from '../../crds/resources/problem.ts'
import type { VerdictReport } from '../../crds/snapshot/control-frames.ts'
import { parseSnapshot } from '../../crds/snapshot/parse-snapshot.ts'
import type { SnapshotSink } from './policy-source.ts'

export interface SnapshotVerdict {
  readonly kind: 'applied' | 'unchanged' | 'refused'
  /** For the operator; absent when what came has no digest to name. */
  readonly report?: VerdictReport
}

export interface TakingParts {
  readonly sink: SnapshotSink
  /** Keeps what has become live, as it came. */
  readonly save: (snapshot: object) => void
}

/** Of the words to the operator: they end in a status that others read. */
const longestMessage = 500

export function takeSnapshot(received: unknown, { sink, save }: TakingParts): SnapshotVerdict {
  const parsed = parseSnapshot(received)
  if (parsed.kind === 'refused') {
    const reasons = parsed.problems.map(formatProblem)
    sink.refuse(reasons)
    return rejected(digestIn(received), reasons)
  }
  const { digest } = parsed.snapshot
  const result = sink.offer(parsed.snapshot, [])
  if (result.kind === 'refused') return rejected(digest, result.reasons)
  if (result.kind === 'applied' && typeof received === 'object' && received !== null) save(received)
  return { kind: result.kind, report: { kind: 'verdict', digest, verdict: 'Applied' } }
}

function rejected(digest: string | undefined, reasons: readonly string[]): SnapshotVerdict {
  if (digest === undefined) return { kind: 'refused' }
  const message = reasons.join('; ').slice(0, longestMessage)
  return { kind: 'refused', report: { kind: 'verdict', digest, verdict: 'Rejected', message } }
}

/** What calls itself the digest, so that the operator knows which snapshot is meant. */
function digestIn(received: unknown): string | undefined {
  if (typeof received !== 'object' || received === null || !('digest' in received)) return undefined
  const { digest } = received
  return typeof digest === 'string' && /^[0-9a-f]{64}$/.test(digest) ? digest : undefined
}
