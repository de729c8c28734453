// What a metric is made of.
import type { LabelSource } from './cardinality-guard.ts'

interface DefinitionBase {
  readonly name: string
  readonly help: string
  /** Label names and where their values come from. */
  readonly labels: Readonly<Record<string, LabelSource>>
}

export type MetricDefinition = DefinitionBase &
  ({ readonly kind: 'counter' } | { readonly kind: 'gauge' } | HistogramKind)

interface HistogramKind {
  readonly kind: 'histogram'
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[]
}

/** `count` bounds, each twice the one before. */
export function doubling(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => Number((first * 2 ** index).toPrecision(6)))
}
