// The figures of a run, as a table for people and as JSON, beside the targets that the project has set itself.

export interface FleetFigures {
  readonly sidecars: number
  /** From the edit until a sidecar's verdict goes up, over all sidecars and edits. */
  readonly applyToAckedMs: { readonly p50: number; readonly p99: number }
  /** From the edit until the operator has counted the last verdict: the slowest edit. */
  readonly applyToCountedMs: number
  /** From the edit until the status of the policy says that all run it: the slowest edit. */
  readonly applyToStatusMs: number
  /** Memory after the edits; processor time from its start until then. */
  readonly operator: { readonly rssMiB: number; readonly cpuSeconds: number }
  /** From the kill of the operator until every sidecar has a stream at the next one. */
  readonly reconnectStormSeconds: number
  readonly bytesPerPush: number
  /** From the start of the operator until it accounts for every pod. */
  readonly relist: { readonly policies: number; readonly pods: number; readonly seconds: number }
  /** Real sidecars under load while a Secret is rotated: from each rotation until each of them sends the new key. */
  readonly rotation: {
    readonly sidecars: number
    readonly rotations: number
    readonly firstUseMs: { readonly p50: number; readonly p99: number }
    readonly requests: number
    readonly failed: number
  }
  /** Real sidecars under load while a policy is edited. */
  readonly edits: {
    readonly count: number
    readonly requests: number
    readonly policiesSeen: number
    /** Not answered with 200. */
    readonly lost: number
    /** Walks that followed more than one generation, or another one than their answer names. */
    readonly mixed: number
  }
  readonly missedEvents: number
  readonly unaccountedPods: number
  /** Of the last minute, at the end. */
  readonly loadAverage: number
}

/** What was missed, in words; empty when every target was reached. */
export function findMisses(figures: FleetFigures): readonly string[] {
  const { sidecars, applyToCountedMs, operator, reconnectStormSeconds, missedEvents, unaccountedPods } =
    figures
  const { rotation, edits } = figures
  const p99 = Math.max(figures.applyToAckedMs.p99, applyToCountedMs)
  const at = `with ${sidecars} sidecars`
  const checks: readonly (readonly [boolean, string])[] = [
    [sidecars > 1_000 || p99 <= 2_000, `apply → acked ${at} is above 2 s`],
    [sidecars > 5_000 || p99 <= 5_000, `apply → acked ${at} is above 5 s`],
    [sidecars > 5_000 || operator.rssMiB <= 450, `the operator's memory ${at} is above 450 MiB`],
    [sidecars > 1_000 || reconnectStormSeconds <= 15, `the storm ${at} took more than 15 s`],
    [missedEvents === 0, `events were missed ${at}`],
    [unaccountedPods === 0, `pods were not accounted for ${at}`],
    [rotation.firstUseMs.p99 <= 5_000, 'a rotated Secret was used later than after 5 s'],
    [rotation.failed === 0, 'requests failed while a Secret was rotated'],
    [edits.lost === 0, 'requests were lost while a policy was edited'],
    [edits.mixed === 0, 'requests followed more than one policy'],
  ]
  return checks.filter(([isReached]) => !isReached).map(([, words]) => words)
}

export function renderTable(rows: readonly FleetFigures[]): string {
  const head = [
    'sidecars',
    'acked p50',
    'p99',
    'counted',
    'status',
    'RSS',
    'CPU',
    'storm',
    'per push',
    'missed',
    'lost',
    'load',
  ]
  const cells = rows.map(row => [
    String(row.sidecars),
    `${row.applyToAckedMs.p50.toFixed(0)} ms`,
    `${row.applyToAckedMs.p99.toFixed(0)} ms`,
    `${row.applyToCountedMs.toFixed(0)} ms`,
    `${row.applyToStatusMs.toFixed(0)} ms`,
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
  return [...table.map(line), ...rows.slice(0, 1).flatMap(renderRest)].join('\n')
}

/** What is measured once, for all sizes. */
function renderRest({ relist, rotation, edits }: FleetFigures): readonly string[] {
  const { p50, p99 } = rotation.firstUseMs
  return [
    `relist of ${relist.policies} policies and ${relist.pods} pods: ${relist.seconds.toFixed(1)} s`,
    `${rotation.rotations} rotations of a Secret, ${rotation.sidecars} real sidecars: first use p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms; ${rotation.requests} requests, ${rotation.failed} failed`,
    `${edits.count} edits of a policy under load: ${edits.requests} requests by ${edits.policiesSeen} policies, ${edits.lost} lost, ${edits.mixed} mixed`,
  ]
}
