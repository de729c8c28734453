// A prom-client histogram whose observations are kept in plain cells: finding a bucket and three additions, where the
// library hashes its labels for every observation.
import { Histogram, type Registry } from 'prom-client'
import type { MetricDefinition } from './metric-definition.ts'
import type { Labels } from './series-family.ts'

type HistogramDefinition = MetricDefinition & { readonly kind: 'histogram' }

export class HistogramCell {
  readonly #bounds: readonly number[]
  /** Observations by bucket, not added up; those past the last bound are in `count` alone. */
  readonly inBucket: number[]
  sum = 0
  count = 0

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.inBucket = bounds.map(() => 0)
  }

  observe(value: number): void {
    this.sum += value
    this.count += 1
    const bounds = this.#bounds
    for (let index = 0; index < bounds.length; index += 1) {
      if (value > (bounds[index] ?? 0)) continue
      this.inBucket[index] = (this.inBucket[index] ?? 0) + 1
      return
    }
  }
}

export interface CellHistogramParts {
  readonly definition: HistogramDefinition
  readonly registry: Registry
  cells(): Iterable<{ readonly labels: Labels; readonly cell: HistogramCell }>
}

export class CellHistogram extends Histogram<string> {
  readonly #parts: CellHistogramParts

  constructor(parts: CellHistogramParts) {
    const { name, help, labels, buckets } = parts.definition
    super({ name, help, labelNames: Object.keys(labels), buckets: [...buckets], registers: [parts.registry] })
    this.#parts = parts
  }

  /** What a registry asks for its page, and what the library's own `get` is made from. */
  async getForPromString() {
    const { definition, cells } = this.#parts
    const values: SampleLine[] = []
    for (const { labels, cell } of cells()) values.push(...linesOf(definition, labels, cell))
    return { name: definition.name, help: definition.help, type: 'histogram', values }
  }
}

interface SampleLine {
  readonly metricName: string
  readonly labels: { readonly le?: number | '+Inf' }
  readonly sharedLabels: Labels
  readonly value: number
}

function linesOf(
  { name, buckets }: HistogramDefinition,
  sharedLabels: Labels,
  cell: HistogramCell,
): readonly SampleLine[] {
  let below = 0
  const bucket = `${name}_bucket`
  const counted = buckets.map((le, index) => {
    below += cell.inBucket[index] ?? 0
    return { metricName: bucket, labels: { le }, sharedLabels, value: below }
  })
  return [
    ...counted,
    { metricName: bucket, labels: { le: '+Inf' }, sharedLabels, value: cell.count },
    { metricName: `${name}_sum`, labels: {}, sharedLabels, value: cell.sum },
    { metricName: `${name}_count`, labels: {}, sharedLabels, value: cell.count },
  ]
}
