// What is read from the rooms at the time of a scrape.
import type { BreakerStateName } from '../chain/events.ts'
import type { Instruments } from './instruments.ts'
import type { MetricSources } from './metric-sources.ts'
import { processMetrics } from './process-metrics.ts'
import { breakerStateLabels } from './record-walk.ts'
import { requestMetrics } from './request-metrics.ts'
import { walkMetrics } from './walk-metrics.ts'

/** Of several breakers of one target the one that refuses most is shown. */
const severity: Readonly<Record<BreakerStateName, number>> = { closed: 0, probing: 1, open: 2 }
const states: readonly BreakerStateName[] = ['closed', 'open', 'probing']

export function createStateRecorder(instruments: Instruments, sources: MetricSources): () => void {
  const inflight = instruments.gauge(requestMetrics.inflight)
  const cacheEntries = instruments.gauge(requestMetrics.cacheEntries)
  const cacheBytes = instruments.gauge(requestMetrics.cacheBytes)
  const readBudgets = createBudgetReader(instruments, sources)
  const readBreakers = createBreakerReader(instruments, sources)
  const readAudit = createAuditReader(instruments, sources)
  const readOperator = createOperatorReader(instruments, sources)
  return () => {
    inflight.set({}, sources.inflightRequests())
    const cache = sources.cache()
    cacheEntries.set({}, cache.entries)
    cacheBytes.set({}, cache.bytes)
    readBudgets()
    readBreakers()
    readAudit()
    readOperator()
  }
}

function createBudgetReader(instruments: Instruments, sources: MetricSources): () => void {
  const budget = instruments.gauge(walkMetrics.retryBudget)
  return () => {
    const smallest = new Map<string, number>()
    for (const { target, ratio } of sources.retryBudgets()) {
      smallest.set(target, Math.min(ratio, smallest.get(target) ?? 1))
    }
    budget.clear()
    for (const [target, ratio] of smallest) budget.set({ target }, ratio)
  }
}

function createBreakerReader(instruments: Instruments, sources: MetricSources): () => void {
  const breakers = instruments.gauge(walkMetrics.breakerState)
  return () => {
    const worst = new Map<string, BreakerStateName>()
    for (const { target, state } of sources.breakers()) {
      const known = worst.get(target)
      if (known === undefined || severity[state] > severity[known]) worst.set(target, state)
    }
    breakers.clear()
    for (const [target, state] of worst) {
      for (const each of states) {
        breakers.set({ target, state: breakerStateLabels[each] }, each === state ? 1 : 0)
      }
    }
  }
}

function createAuditReader(instruments: Instruments, sources: MetricSources): () => void {
  const records = instruments.counter(processMetrics.auditRecords)
  const spool = instruments.gauge(processMetrics.auditSpool)
  let before = { written: 0, spooled: 0, failed: 0, dropped: 0 }
  return () => {
    const { written, spooled, failed, dropped, spoolBytes } = sources.audit()
    records.add({ result: 'written' }, written - before.written)
    records.add({ result: 'spooled' }, spooled - before.spooled)
    records.add({ result: 'failed' }, failed - before.failed)
    records.add({ result: 'dropped' }, dropped - before.dropped)
    before = { written, spooled, failed, dropped }
    spool.set({}, spoolBytes)
  }
}

function createOperatorReader(instruments: Instruments, { operator }: MetricSources): () => void {
  if (operator === undefined) return () => undefined
  const connected = instruments.gauge(processMetrics.controlConnected)
  const silence = instruments.gauge(processMetrics.controlSilence)
  const age = instruments.gauge(processMetrics.configAge)
  const ends = instruments.counter(processMetrics.controlEnds)
  let before: Readonly<Record<string, number>> = {}
  return () => {
    const figures = operator()
    connected.set({}, figures.isConnected ? 1 : 0)
    silence.set({}, figures.secondsSinceContact)
    age.set({}, figures.snapshotAgeSeconds ?? 0)
    for (const [cause, total] of Object.entries(figures.ends))
      ends.add({ cause }, total - (before[cause] ?? 0))
    before = figures.ends
  }
}
