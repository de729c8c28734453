// The figures of a run, as a table for people and as JSON, beside the targets that the project has set itself.

export interface FleetFigures {
  readonly sidecars: number
  readonly applyToAckedMs: { readonly p50: number; readonly p99: number }
  /** Memory after the edits; processor time from its start until then. */
  readonly operator: { readonly rssMiB: number; readonly cpuSeconds: number }
  /** From the kill of the operator until every sidecar has a stream at the next one. */
  readonly reconnectStormSeconds: number
  readonly bytesPerPush: number
  /** From the start of the operator until it accounts for every pod. */
  readonly relist: { readonly policies: number; readonly pods: number; readonly seconds: number }
  readonly missedEvents: number
  readonly unaccountedPods: number
  /** Of the last minute, at the end. */
  readonly loadAverage: number
}

/** What was missed, in words; empty when every target was reached. */
export function findMisses(figures: FleetFigures): readonly string[] {
  const { sidecars, applyToAckedMs, operator, reconnectStormSeconds, missedEvents, unaccountedPods } = figures
  const at = `with ${sidecars} sidecars`
  const checks: readonly (readonly [boolean, string])[] = [
    [sidecars > 1_000 || applyToAckedMs.p99 <= 2_000, `apply → acked p99 ${at} is above 2 s`],
    [sidecars > 5_000 || applyToAckedMs.p99 <= 5_000, `apply → acked p99 ${at} is above 5 s`],
    [sidecars > 5_000 || operator.rssMiB <= 450, `the operator's memory ${at} is above 450 MiB`],
    [sidecars > 1_000 || reconnectStormSeconds <= 15, `the storm ${at} took more than 15 s`],
    [missedEvents === 0, `events were missed ${at}`],
    [unaccountedPods === 0, `pods were not accounted for ${at}`],
  ]
  return checks.filter(([isReached]) => !isReached).map(([, words]) => words)
}

export function renderTable(rows: readonly FleetFigures[]): string {
  const head = ['sidecars', 'acked p50', 'p99', 'RSS', 'CPU', 'storm', 'per push', 'missed', 'lost', 'load']
  const cells = rows.map(row => [
    String(row.sidecars),
    `${row.applyToAckedMs.p50.toFixed(0)} ms`,
    `${row.applyToAckedMs.p99.toFixed(0)} ms`,
    `${row.operator.rssMiB.toFixed(0)} MiB`,
    `${row.operator.cpuSeconds.toFixed(1)} s`,
    `${row.reconnectStormSeconds.toFixed(1)} s`,
    `${row.bytesPerPush.toFixed(0)} B`,
    String(row.missedEvents),
    String(row.unaccountedPods),
    row.loadAverage.toFixed(1),
  ])
  const table = [head, ...cells]
  const widths = head.map((_, column) => Math.max(...table.map(row => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) => row.map((cell, at) => cell.padStart(widths[at] ?? 0)).join('  ')
  const [first] = rows
  const relist =
    first === undefined
      ? ''
      : `\nrelist of ${first.relist.policies} policies and ${first.relist.pods} pods: ${first.relist.seconds.toFixed(1)} s`
  return table.map(line).join('\n') + relist
}
