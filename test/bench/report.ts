// Figures against the targets that the project has set itself.
import type { RoundFigures } from './measure-load.ts'
import { median } from './measure-memory.ts'
import type { SeatName } from './seats.ts'

export interface Check {
  readonly name: string
  readonly direct?: number
  readonly bare?: number
  readonly sidecar: number
  /** What is compared with the target: a ratio to the bare pass-through, or the sidecar's own figure. */
  readonly value: number
  readonly target?: { readonly kind: 'atLeast' | 'atMost'; readonly value: number }
  readonly unit: string
}

export type Rounds = Readonly<Record<SeatName, readonly RoundFigures[]>>

interface Comparison {
  readonly name: string
  readonly unit: string
  readonly figure: (round: RoundFigures) => number
  readonly target?: Check['target']
  /** The seat without a hop is shown as well. */
  readonly showsDirect?: true
}

const comparisons: readonly Comparison[] = [
  {
    name: 'throughput',
    unit: 'req/s',
    figure: round => round.requestsPerSecond,
    target: { kind: 'atLeast', value: 0.6 },
    showsDirect: true,
  },
  { name: 'p50', unit: 'ms', figure: round => round.p50Ms, showsDirect: true },
  { name: 'p99', unit: 'ms', figure: round => round.p99Ms, showsDirect: true },
  {
    name: 'CPU per request',
    unit: 'µs',
    figure: round => round.cpuPerRequest,
    target: { kind: 'atMost', value: 1.8 },
  },
  {
    name: 'CPU per streamed chunk',
    unit: 'µs',
    figure: round => round.cpuPerChunk,
    target: { kind: 'atMost', value: 1.5 },
  },
  {
    name: '1 MB prompt',
    unit: 'µs',
    figure: round => round.cpuPerLargePrompt,
    target: { kind: 'atMost', value: 2 },
  },
]

/** Ratios are taken within a round and their median counts: a busy moment of the machine hits both seats of a round. */
export function compareRounds(rounds: Rounds): readonly Check[] {
  return comparisons.map(({ name, unit, figure, target, showsDirect }) => {
    const of = (seat: SeatName) => rounds[seat].map(figure)
    const bare = of('bare')
    const ratios = of('sidecar').map((value, index) => value / (bare[index] ?? Number.NaN))
    return {
      name,
      unit,
      ...(showsDirect && { direct: median(of('direct')) }),
      bare: median(bare),
      sidecar: median(of('sidecar')),
      value: median(ratios),
      ...(target !== undefined && { target }),
    }
  })
}

export function hasPassed(check: Check): boolean {
  if (check.target === undefined) return true
  return check.target.kind === 'atLeast'
    ? check.value >= check.target.value
    : check.value <= check.target.value
}

export function renderTable(checks: readonly Check[]): string {
  const rows = checks.map(check => [
    check.name,
    figure(check.direct),
    figure(check.bare),
    `${figure(check.sidecar)} ${check.unit}`,
    check.bare === undefined || check.value === check.sidecar ? '' : `×${figure(check.value)}`,
    check.target === undefined ? '' : `${check.target.kind === 'atLeast' ? '≥' : '≤'} ${check.target.value}`,
    check.target === undefined ? '' : hasPassed(check) ? 'pass' : 'FAIL',
  ])
  const table = [['', 'direct', 'bare', 'sidecar', 'ratio', 'target', ''], ...rows]
  const widths = table[0]?.map((_, column) => Math.max(...table.map(row => row[column]?.length ?? 0))) ?? []
  return table
    .map(row =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function figure(value: number | undefined): string {
  if (value === undefined) return ''
  return value >= 100 ? value.toFixed(0) : value.toFixed(2)
}
