// Pods counted by state. The four states always add up to `matched`.
import type { PodState } from '../reconcile/ports.ts'

export type PodCount = Readonly<Record<'matched' | PodState, number>>

export interface PodTally {
  readonly count: PodCount
  /** The first ten by name, `namespace/pod`. */
  readonly rejections: readonly Rejection[]
  /** The first three of them by name, `namespace/pod`: where to look. */
  readonly stale: readonly string[]
  readonly notInjected: readonly string[]
  /** Pods in any state whose sidecars get no keys; the first three by name, with the reason. */
  readonly withheld: { readonly pods: number; readonly first: readonly Rejection[] }
}

export interface Rejection {
  readonly pod: string
  readonly message: string
}

const mostRejections = 10
const mostNamed = 3

export const emptyTally: PodTally = {
  count: { matched: 0, programmed: 0, rejected: 0, stale: 0, notInjected: 0 },
  rejections: [],
  stale: [],
  notInjected: [],
  withheld: { pods: 0, first: [] },
}

/** In whichever order tallies are added, the result is the same. */
export function addTallies(one: PodTally, other: PodTally): PodTally {
  return {
    count: {
      matched: one.count.matched + other.count.matched,
      programmed: one.count.programmed + other.count.programmed,
      rejected: one.count.rejected + other.count.rejected,
      stale: one.count.stale + other.count.stale,
      notInjected: one.count.notInjected + other.count.notInjected,
    },
    rejections: firstOf([...one.rejections, ...other.rejections], mostRejections),
    stale: firstNames([...one.stale, ...other.stale]),
    notInjected: firstNames([...one.notInjected, ...other.notInjected]),
    withheld: {
      pods: one.withheld.pods + other.withheld.pods,
      first: firstOf([...one.withheld.first, ...other.withheld.first], mostNamed),
    },
  }
}

function firstOf(all: Rejection[], most: number): readonly Rejection[] {
  return all.sort((left, right) => (left.pod < right.pod ? -1 : 1)).slice(0, most)
}

function firstNames(names: readonly string[]): readonly string[] {
  return names.length < 2 ? names : [...names].sort().slice(0, mostNamed)
}
