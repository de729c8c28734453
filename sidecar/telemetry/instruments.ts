// prom-client behind the cardinality guard. Counts are kept in plain cells and handed over when somebody scrapes:
// the request path pays for a look-up and an addition.
import { Counter, Gauge, type Registry } from 'prom-client'
import type { CardinalityGuard } from './cardinality-guard.ts'
import { CellHistogram, HistogramCell } from './cell-histogram.ts'
import type { MetricDefinition } from './metric-definition.ts'
import { processMetrics } from './process-metrics.ts'
import { type LabelValues, SeriesFamily } from './series-family.ts'

export interface CounterInstrument<Definition extends MetricDefinition> {
  add(labels: LabelValues<Definition>, amount: number): void
}

export interface GaugeInstrument<Definition extends MetricDefinition> {
  set(labels: LabelValues<Definition>, value: number): void
  /** Forgets every series: what is set next is all there is. */
  clear(): void
}

export interface HistogramInstrument<Definition extends MetricDefinition> {
  observe(labels: LabelValues<Definition>, value: number): void
}

interface NumberCell {
  value: number
}

/** Makes each instrument of the catalogue once. */
export class Instruments {
  readonly #registry: Registry
  readonly #guard: CardinalityGuard
  readonly #sweepers: (() => void)[] = []
  readonly #overflows = new Map<string, number>()

  constructor(registry: Registry, guard: CardinalityGuard) {
    this.#registry = registry
    this.#guard = guard
    exposeOverflows(registry, this.#overflows)
  }

  counter<Definition extends MetricDefinition & { kind: 'counter' }>(
    definition: Definition,
  ): CounterInstrument<Definition> {
    const family = this.#numbers(definition)
    // Without labels the series exists from the start, so that a rate over it has a first sample.
    if (Object.keys(definition.labels).length === 0) family.cell({})
    new Counter({
      ...describe(this.#registry, definition),
      collect() {
        this.reset()
        for (const { labels, cell } of family.entries()) this.inc(labels, cell.value)
      },
    })
    return {
      add(labels, amount) {
        family.cell(labels).value += amount
      },
    }
  }

  gauge<Definition extends MetricDefinition & { kind: 'gauge' }>(
    definition: Definition,
  ): GaugeInstrument<Definition> {
    const family = this.#numbers(definition)
    new Gauge({
      ...describe(this.#registry, definition),
      collect() {
        this.reset()
        for (const { labels, cell } of family.entries()) this.set(labels, cell.value)
      },
    })
    return {
      set(labels, value) {
        family.cell(labels).value = value
      },
      clear: () => family.clear(),
    }
  }

  histogram<Definition extends MetricDefinition & { kind: 'histogram' }>(
    definition: Definition,
  ): HistogramInstrument<Definition> {
    const family = this.#family({ definition, open: () => new HistogramCell(definition.buckets) })
    new CellHistogram({ definition, registry: this.#registry, cells: () => family.entries() })
    return { observe: (labels, value) => family.cell(labels).observe(value) }
  }

  /** Removes the series of names that have left the snapshot. */
  sweep(): void {
    for (const sweep of this.#sweepers) sweep()
  }

  #numbers(definition: MetricDefinition): SeriesFamily<NumberCell> {
    return this.#family({ definition, open: () => ({ value: 0 }) })
  }

  #family<Cell>(parts: { readonly definition: MetricDefinition; open(): Cell }): SeriesFamily<Cell> {
    const family = new SeriesFamily<Cell>({
      ...parts,
      guard: this.#guard,
      overflowed: metric => this.#overflows.set(metric, (this.#overflows.get(metric) ?? 0) + 1),
    })
    this.#sweepers.push(() => family.sweep())
    return family
  }
}

function describe(registry: Registry, definition: MetricDefinition) {
  return {
    name: definition.name,
    help: definition.help,
    labelNames: Object.keys(definition.labels),
    registers: [registry],
  }
}

/** Outside the guard: it counts the guard's own refusals, one series for each metric at most. */
function exposeOverflows(registry: Registry, overflows: ReadonlyMap<string, number>): void {
  new Counter({
    ...describe(registry, processMetrics.labelOverflows),
    collect() {
      this.reset()
      for (const [metric, count] of overflows) this.inc({ metric }, count)
    },
  })
}
