// Keeps the number of series bounded whatever the events say: a label value is a name of the live snapshot or a word
// from a list closed in code, and all labelled series together fit a budget.

/** Kinds of names that a snapshot brings. */
export const nameKinds = [
  'policy',
  'route',
  'step',
  'strategy',
  'target',
  'provider',
  'model',
  'region',
] as const
export type NameKind = (typeof nameKinds)[number]

/** Where the values of a label come from: the snapshot's names of a kind, or a list closed in code. */
export type LabelSource = NameKind | 'closed'

export type SnapshotNames = Readonly<Record<NameKind, ReadonlySet<string>>>

/** Stands for every value that may not become a label. */
export const overflowValue = 'other'

/** Words of our own that any label may hold: no policy matched, no route matched, nothing known. */
const placeholders: ReadonlySet<string> = new Set([overflowValue, 'none', 'unmatched', ''])

/** A vanished name keeps its series for this many scrapes, so that its last counts are still collected. */
const scrapesUntilRemoval = 2

export interface CardinalityGuard {
  /** The names that may become labels from now on. Names that vanish stay for two more scrapes. */
  allow(names: SnapshotNames): void
  admits(source: LabelSource, value: string): boolean
  /** Takes `lines` of the budget; false when they do not fit. Histograms may fill 60 % of it, so that counters always find room. */
  claim(lines: number, kind: 'plain' | 'histogram'): boolean
  release(lines: number, kind: 'plain' | 'histogram'): void
  /** Tells that a scrape has been answered; true when names have vanished for good and series are to be swept. */
  scraped(): boolean
}

export interface CardinalityLimits {
  /** Lines of the exposition that labelled series may take, process metrics not counted. */
  readonly maxLines: number
}

export const defaultCardinalityLimits: CardinalityLimits = { maxLines: 1000 }

export function createCardinalityGuard(limits = defaultCardinalityLimits): CardinalityGuard {
  let live = emptyNames()
  const retiring = new Map<string, { readonly kind: NameKind; readonly value: string; scrapesLeft: number }>()
  const used = { plain: 0, histogram: 0 }
  const maxHistogramLines = Math.floor(limits.maxLines * 0.6)

  return {
    allow(names) {
      for (const kind of nameKinds) {
        for (const value of live[kind]) {
          if (names[kind].has(value)) continue
          retiring.set(`${kind}\n${value}`, { kind, value, scrapesLeft: scrapesUntilRemoval })
        }
        for (const value of names[kind]) retiring.delete(`${kind}\n${value}`)
      }
      live = names
    },
    admits(source, value) {
      if (source === 'closed' || placeholders.has(value)) return true
      return live[source].has(value) || retiring.has(`${source}\n${value}`)
    },
    claim(lines, kind) {
      if (used.plain + used.histogram + lines > limits.maxLines) return false
      if (kind === 'histogram' && used.histogram + lines > maxHistogramLines) return false
      used[kind] += lines
      return true
    },
    release(lines, kind) {
      used[kind] -= lines
    },
    scraped() {
      let hasVanished = false
      for (const [key, name] of retiring) {
        name.scrapesLeft -= 1
        if (name.scrapesLeft > 0) continue
        retiring.delete(key)
        hasVanished = true
      }
      return hasVanished
    },
  }
}

function emptyNames(): SnapshotNames {
  const none: ReadonlySet<string> = new Set()
  return {
    policy: none,
    route: none,
    step: none,
    strategy: none,
    target: none,
    provider: none,
    model: none,
    region: none,
  }
}
