// Gives memory back to the machine while nobody waits: what starting up, and every burst of calls, leaves behind.
import { getHeapStatistics } from 'node:v8'
import { type Cancel, type Clock, systemClock } from './resilience/clock.ts'

export interface Heap {
  /** What it holds of the machine's memory. */
  readonly bytes: () => number
  /** Collects whatever can be had. Stops the program for some 40 ms. */
  readonly compact: () => void
}

const lookEveryMs = 1_000
/** Looks in a row that found no request under way. */
const quietLooks = 2
const leastPauseMs = 60_000
/** Less than this is not worth stopping for. */
const leastGrowth = 4 * 1024 * 1024

/**
 * Compacts once it is quiet, and again whenever the heap has grown since and it is quiet again.
 * @param inFlight requests under way.
 */
export function compactWhenQuiet(
  inFlight: () => number,
  { clock = systemClock, heap = ownHeap() }: { readonly clock?: Clock; readonly heap?: Heap } = {},
): Cancel {
  let quiet = 0
  let settledBytes = 0
  let earliest = clock.now()
  const look = () => {
    quiet = inFlight() === 0 ? quiet + 1 : 0
    const isDue = quiet >= quietLooks && clock.now() >= earliest
    if (isDue && heap.bytes() >= settledBytes + leastGrowth) {
      heap.compact()
      settledBytes = heap.bytes()
      earliest = clock.now() + leastPauseMs
    }
    cancel = clock.schedule(lookEveryMs, look)
  }
  let cancel = clock.schedule(lookEveryMs, look)
  return () => cancel()
}

/** Of this process. Where the engine was started without `--expose-gc` there is nothing to win. */
export function ownHeap(): Heap {
  const collect = globalThis.gc
  if (collect === undefined) return { bytes: () => 0, compact: () => undefined }
  return {
    bytes: () => getHeapStatistics().total_physical_size,
    // The usual collection keeps the nursery as large as it has grown, this one does not.
    compact: () => void collect({ type: 'major', execution: 'sync', flavor: 'last-resort' }),
  }
}
