// Whether the status of one object is to be written, and when. Pure.

import { renderStatus } from '../status/render-status.ts'
import type { StatusDraft } from '../status/status-draft.ts'
import { equalStatus, newestGeneration } from '../status/stored-status.ts'
import type { ResourceStatus } from './ports.ts'

/** Between two writes of one object, unless its spec is new. */
export const shortestPauseMs = 5000
/** How long a status of a new spec waits for pods that have yet to answer. */
export const freshPatienceMs = 1000
/** How long one of a known spec does when silence is all its news: pods that start, or come back, soon speak. */
export const knownPatienceMs = 3000

export interface StatusFile {
  readonly draft: StatusDraft
  /** What the object carries, as last seen. */
  readonly stored: ResourceStatus | undefined
  /** What this replica wrote last, which the cache may not show yet. */
  readonly written?: { readonly status: ResourceStatus; readonly at: number }
  /** When this generation was first offered. */
  readonly generationSince: number
  /** Since when the drafts have not been settled; absent: the latest one is. */
  readonly unsettledSince?: number
  /** Until then a known spec waits for pods: their streams come back after a start of the operator. */
  readonly warmUntil: number
}

export type StatusStep =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'wait'; readonly milliseconds: number }
  | { readonly kind: 'write'; readonly status: ResourceStatus; readonly before: ResourceStatus | undefined }

export interface Moment {
  readonly now: number
  readonly wallTime: number
}

export function planStatusWrite(file: StatusFile, { now, wallTime }: Moment): StatusStep {
  const { draft, stored, written } = file
  const pauseEnds = written === undefined ? now : written.at + shortestPauseMs
  const before = now < pauseEnds ? written?.status : stored
  // The cache went back behind what this replica has seen already, and will catch up. What the object itself says of a spec that
  // it has not reached yet is different: no operator wrote that, a restored backup or a hand did.
  if (newestGeneration(written?.status) > draft.generation) return { kind: 'nothing' }
  const status = renderStatus(draft, before, wallTime)
  if (before !== undefined && equalStatus(status, before)) {
    const isShown = stored !== undefined && equalStatus(status, stored)
    return isShown || now >= pauseEnds ? { kind: 'nothing' } : waitUntil(pauseEnds, now)
  }
  const isFresh = newestGeneration(before) < draft.generation
  const writeAt = isFresh ? freshTime(file, now) : Math.max(pauseEnds, knownTime(file, before, now))
  return now < writeAt ? waitUntil(writeAt, now) : { kind: 'write', status, before }
}

/** What it refers to is often applied a moment later. */
function freshTime({ draft, generationSince }: StatusFile, now: number): number {
  const isWhole = draft.isSettled && stateOf(draft, 'ResolvedRefs') !== 'False'
  return isWhole ? now : generationSince + freshPatienceMs
}

function knownTime(file: StatusFile, before: ResourceStatus | undefined, now: number): number {
  const { draft, unsettledSince, warmUntil } = file
  if (unsettledSince === undefined) return now
  return isSilenceOnly(draft, before)
    ? Math.max(unsettledSince + knownPatienceMs, warmUntil)
    : unsettledSince + freshPatienceMs
}

/** Nothing is new but that pods have not been heard of. */
function isSilenceOnly(draft: StatusDraft, before: ResourceStatus | undefined): boolean {
  return spokenTypes.every(type => stateOf(draft, type) === stateOf(before, type))
}

const spokenTypes = ['Accepted', 'ResolvedRefs', 'Conflicted'] as const

function stateOf(
  status: Pick<StatusDraft, 'conditions'> | undefined,
  type: (typeof spokenTypes)[number],
): string | undefined {
  return status?.conditions.find(condition => condition.type === type)?.status
}

function waitUntil(at: number, now: number): StatusStep {
  return { kind: 'wait', milliseconds: at - now }
}
