import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MetricSources, OperatorFigures } from './metric-sources.ts'
import { createMetrics } from './metrics.ts'

const quiet: MetricSources = {
  inflightRequests: () => 0,
  retryBudgets: () => [],
  breakers: () => [],
  cache: () => ({ entries: 0, bytes: 0 }),
  audit: () => ({ written: 0, spooled: 0, failed: 0, dropped: 0, spoolBytes: 0 }),
}

async function linesFor(...scrapes: readonly OperatorFigures[]): Promise<readonly string[]> {
  const figures = [...scrapes]
  const operator = () => figures.shift() ?? assert.fail('one scrape too many')
  const metrics = createMetrics({
    sources: scrapes.length === 0 ? quiet : { ...quiet, operator },
    build: { version: '1.2.3', revision: 'abc' },
    wallTime: () => 0,
  })
  for (let scrape = 1; scrape < scrapes.length; scrape += 1) await metrics.render()
  const page = await metrics.render()
  return page.split('\n').filter(line => /^llm_fallback_(control|config_age)/.test(line))
}

test('a sidecar with a policy folder has no metrics of an operator', async () => {
  assert.deepEqual(await linesFor(), [])
})

test('every series is there before the first contact', async () => {
  const figures = { isConnected: false, secondsSinceContact: 3, ends: { unreachable: 0 } }
  const lines = await linesFor(figures)
  assert.deepEqual(lines.toSorted(), [
    'llm_fallback_config_age_seconds 0',
    'llm_fallback_control_stream_connected 0',
    'llm_fallback_control_stream_ends_total{cause="unreachable"} 0',
    'llm_fallback_control_stream_silence_seconds 3',
  ])
})

test('ends are counted once, however often somebody scrapes', async () => {
  const before = { isConnected: false, secondsSinceContact: 1, ends: { silent: 1, farewell: 0 } }
  const after = {
    isConnected: true,
    secondsSinceContact: 1.5,
    snapshotAgeSeconds: 60,
    ends: { silent: 3, farewell: 1 },
  }
  const lines = await linesFor(before, before, after)
  assert.deepEqual(lines.toSorted(), [
    'llm_fallback_config_age_seconds 60',
    'llm_fallback_control_stream_connected 1',
    'llm_fallback_control_stream_ends_total{cause="farewell"} 1',
    'llm_fallback_control_stream_ends_total{cause="silent"} 3',
    'llm_fallback_control_stream_silence_seconds 1.5',
  ])
})
