import type { Clock } from '../reconcile/ports.ts'
import type { ApiClient } from './api-client.ts'
import type { Collection } from './list-pages.ts'
import type { StoreOptions } from './store.ts'

export interface ReflectorOptions<Item> extends StoreOptions<Item> {
  readonly collection: Collection
  /** What is kept of an object; undefined: nothing. Called per object as it comes. */
  readonly project: (object: unknown) => Item | undefined
  readonly client: ApiClient
  readonly clock: Clock
  readonly random: () => number
  readonly report: (event: ReflectorEvent) => void
  readonly limits?: Partial<ReflectorLimits>
}

export interface ReflectorLimits {
  /** Time between two checking lists, chosen anew each time. */
  readonly relistMs: Range
  readonly watchSeconds: Range
  readonly pageSize: number
}

export interface Range {
  readonly shortest: number
  readonly longest: number
}

export type ReflectorEvent =
  /** A full list is in the store. */
  | { readonly kind: 'listed'; readonly path: string }
  | { readonly kind: 'failed'; readonly path: string; readonly error: unknown; readonly retryInMs: number }
  /** A checking list found changes that the watch had not told, and put them right. */
  | { readonly kind: 'missed'; readonly path: string; readonly count: number }

export interface ReflectorCounters {
  readonly lists: number
  readonly watches: number
  /** Watches that ended otherwise than by their time. */
  readonly restarts: number
  readonly missed: number
}

export const defaultLimits: ReflectorLimits = {
  relistMs: { shortest: 10 * 60_000, longest: 30 * 60_000 },
  watchSeconds: { shortest: 240, longest: 360 },
  pageSize: 500,
}
