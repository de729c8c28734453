// The series of one metric: looked up by label values, opened once, refused past the budget.
import type { CardinalityGuard, LabelSource } from './cardinality-guard.ts'
import { overflowValue } from './cardinality-guard.ts'
import { LabelLookup } from './label-lookup.ts'
import type { MetricDefinition } from './metric-definition.ts'

export type LabelValues<Definition extends MetricDefinition> = Readonly<
  Record<keyof Definition['labels'] & string, string>
>
export type Labels = Readonly<Record<string, string>>

export interface FamilyParts<Cell> {
  readonly definition: MetricDefinition
  readonly guard: CardinalityGuard
  open(): Cell
  overflowed(metric: string): void
}

interface Series<Cell> {
  readonly labels: Labels
  readonly cell: Cell
}

export class SeriesFamily<Cell> {
  readonly #parts: FamilyParts<Cell>
  readonly #labels: readonly (readonly [name: string, source: LabelSource])[]
  readonly #series = new Map<string, Series<Cell>>()
  /** The same cells for the request path; filled again after a removal. */
  readonly #known: LabelLookup<Cell>
  /** All labels read `other`. Paid for in advance, so that it can be opened when the budget is spent. */
  #lastResort: Series<Cell> | undefined

  constructor(parts: FamilyParts<Cell>) {
    this.#parts = parts
    this.#labels = Object.entries(parts.definition.labels)
    this.#known = new LabelLookup(Object.keys(parts.definition.labels))
    if (this.#labels.length > 0) this.#claim()
  }

  /** The cell of these labels, or of an overflow series when one of them is not allowed or the budget is spent. */
  cell(labels: Labels): Cell {
    return this.#known.find(labels) ?? this.#admit(labels)
  }

  *entries(): Iterable<Series<Cell>> {
    yield* this.#series.values()
    if (this.#lastResort !== undefined) yield this.#lastResort
  }

  /** Removes the series whose names are no longer allowed. */
  sweep(): void {
    for (const [key, { labels }] of this.#series) {
      const isAllowed = this.#labels.every(([name, source]) =>
        this.#parts.guard.admits(source, labels[name] ?? ''),
      )
      if (!isAllowed) this.#remove(key)
    }
  }

  clear(): void {
    for (const key of this.#series.keys()) this.#remove(key)
  }

  /** The slow path: a combination seen for the first time, or one that may not become a series. */
  #admit(labels: Labels): Cell {
    const { definition, overflowed } = this.#parts
    const allowed = this.#allowed(labels)
    const isAllowed = this.#labels.every(([name]) => allowed[name] === labels[name])
    const key = this.#keyOf(allowed)
    const series = this.#series.get(key) ?? (this.#claim() ? this.#open(key, allowed) : undefined)
    if (!isAllowed || series === undefined) overflowed(definition.name)
    else this.#known.add(allowed, series.cell)
    return (series ?? this.#openLastResort()).cell
  }

  #allowed(labels: Labels): Labels {
    const entries = this.#labels.map(([name, source]) => {
      const value = labels[name] ?? ''
      return [name, this.#parts.guard.admits(source, value) ? value : overflowValue] as const
    })
    return Object.fromEntries(entries)
  }

  #open(key: string, labels: Labels): Series<Cell> {
    const series = { labels, cell: this.#parts.open() }
    this.#series.set(key, series)
    return series
  }

  #openLastResort(): Series<Cell> {
    if (this.#lastResort === undefined) {
      const labels = Object.fromEntries(this.#labels.map(([name]) => [name, overflowValue]))
      this.#lastResort = { labels, cell: this.#parts.open() }
    }
    return this.#lastResort
  }

  #remove(key: string): void {
    const { definition, guard } = this.#parts
    this.#series.delete(key)
    this.#known.clear()
    guard.release(linesOf(definition), shareOf(definition))
  }

  #claim(): boolean {
    const { definition, guard } = this.#parts
    return guard.claim(linesOf(definition), shareOf(definition))
  }

  #keyOf(labels: Labels): string {
    let key = ''
    for (const [name] of this.#labels) key += `${labels[name]}\n`
    return key
  }
}

/** Lines of one series on the page: a histogram writes its buckets, +Inf, sum and count. */
function linesOf(definition: MetricDefinition): number {
  return definition.kind === 'histogram' ? definition.buckets.length + 3 : 1
}

function shareOf(definition: MetricDefinition): 'plain' | 'histogram' {
  return definition.kind === 'histogram' ? 'histogram' : 'plain'
}
