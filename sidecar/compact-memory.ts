// Gives back to the machine what starting up leaves behind, before there is code that has become fast and would be forgotten.
import { type Cancel, type Clock, systemClock } from './resilience/clock.ts'

const lookEveryMs = 1_000
/** Looks in a row that found no request under way. */
const quietLooks = 2
/** From then on the program is at work: a full collection would throw away compiled code and cost more than it saves. */
const mostLooks = 30

export interface CompactionParts {
  readonly clock?: Clock
  /** Collects whatever can be had. Stops the program for some 40 ms. Absent: the engine's, where it lends it. */
  readonly compact?: () => void
}

/**
 * Compacts the heap once, in a quiet moment of the first half minute.
 * @param inFlight requests under way.
 */
export function compactAfterStart(
  inFlight: () => number,
  { clock = systemClock, compact = lentCollector() }: CompactionParts = {},
): Cancel {
  let quiet = 0
  let looks = 0
  const look = () => {
    looks += 1
    quiet = inFlight() === 0 ? quiet + 1 : 0
    if (quiet >= quietLooks) compact()
    else if (looks < mostLooks) cancel = clock.schedule(lookEveryMs, look)
  }
  let cancel = clock.schedule(lookEveryMs, look)
  return () => cancel()
}

/** Lent with the engine's option `--expose-gc`; without it nothing is compacted. */
function lentCollector(): () => void {
  // The usual collection keeps the nursery as large as it has grown, this one does not.
  return () => void globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
