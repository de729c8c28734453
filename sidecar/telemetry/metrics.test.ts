import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import type { CompiledRoute, PolicySnapshot } from '../../crds/snapshot/policy-snapshot.ts'
import type { AttemptEnded, RequestEnded } from '../chain/events.ts'
import { attemptEnded, requestEnded, snapshotWith } from './example-events.ts'
import { catalogue } from './metric-catalogue.ts'
import type { MetricSources } from './metric-sources.ts'
import type { Metrics } from './metrics.ts'
import { createMetrics } from './metrics.ts'

const quiet: MetricSources = {
  inflightRequests: () => 0,
  retryBudgets: () => [],
  breakers: () => [],
  cache: () => ({ entries: 0, bytes: 0 }),
  audit: () => ({ written: 0, spooled: 0, failed: 0, dropped: 0, spoolBytes: 0 }),
}

function startMetrics(sources: Partial<MetricSources> = {}, snapshot = snapshotWith({})): Metrics {
  const metrics = createMetrics({
    sources: { ...quiet, ...sources },
    build: { version: '1.2.3', revision: 'abc' },
    wallTime: () => 1_700_000_000_000,
  })
  metrics.policyApplied(snapshot)
  return metrics
}

function linesOf(page: string, metric: string): readonly string[] {
  return page.split('\n').filter(line => line.startsWith(metric) && !line.startsWith('#'))
}

test('counts a rescued request by policy, route, path and outcome', async () => {
  const metrics = startMetrics()
  metrics.listener(requestEnded({ path: 'fallback', recoveryMs: 400, overheadMs: 2 }))
  const page = await metrics.render()
  assert.deepEqual(linesOf(page, 'llm_fallback_requests_total'), [
    'llm_fallback_requests_total{policy="support/copilot",route="chat",path="fallback",outcome="success"} 1',
  ])
  assert.match(page, /llm_fallback_recovery_seconds_bucket\{le="0.4",policy="support\/copilot"\} 1/)
  assert.match(page, /llm_fallback_overhead_seconds_sum\{policy="support\/copilot"\} 0.002/)
})

test('counts an unmatched request under one series', async () => {
  const metrics = startMetrics()
  const {
    policy: _,
    path: __,
    ...unmatched
  } = requestEnded({ outcome: 'error', status: 404, code: 'no_route' })
  metrics.listener(unmatched)
  assert.deepEqual(linesOf(await metrics.render(), 'llm_fallback_requests_total'), [
    'llm_fallback_requests_total{policy="none",route="unmatched",path="none",outcome="error"} 1',
  ])
})

test('tells money that served from money that was wasted or estimated', async () => {
  const metrics = startMetrics()
  const base = attemptEnded({})
  metrics.listener({ ...base, cost: { usage: { input: 10, output: 5 }, usd: 0.5, isEstimated: false } })
  metrics.listener({
    ...base,
    result: 'error',
    failure: 'StreamInterrupted',
    cost: { usage: { input: 10 }, usd: 0.25, isEstimated: false },
  })
  metrics.listener({
    ...base,
    result: 'cancelled',
    cost: { usage: { input: 1 }, usd: 0.125, isEstimated: true },
  })
  const cost = linesOf(await metrics.render(), 'llm_fallback_cost_usd_total')
  assert.deepEqual(
    cost.map(line => line.replace(/^.*billing=/, '')),
    ['"served"} 0.5', '"wasted"} 0.25', '"estimated"} 0.125'],
  )
})

test('counts retries by the failure before them', async () => {
  const metrics = startMetrics()
  const first: AttemptEnded = attemptEnded({ result: 'error', failure: 'ServerError' })
  metrics.listener(requestEnded({ attempts: [first, attemptEnded({ retry: 1 })] }))
  assert.deepEqual(linesOf(await metrics.render(), 'llm_fallback_retries_total'), [
    'llm_fallback_retries_total{policy="support/copilot",target="openai/gpt-4o",reason="upstream_5xx"} 1',
  ])
})

test('shows the breaker that refuses most when a target has several', async () => {
  const metrics = startMetrics({
    breakers: () => [
      { target: 'openai/gpt-4o', state: 'open' },
      { target: 'openai/gpt-4o', state: 'closed' },
    ],
  })
  const states = linesOf(await metrics.render(), 'llm_fallback_circuit_breaker_state')
  assert.deepEqual(
    states.map(line => line.replace(/^.*state=/, '')),
    ['"closed"} 0', '"open"} 1', '"half_open"} 0'],
  )
})

test('tells where a stream broke', async () => {
  const metrics = startMetrics()
  metrics.listener(attemptEnded({ result: 'error', failure: 'StreamInterrupted' }))
  metrics.listener(attemptEnded({ result: 'error', failure: 'Timeout', firstContentMs: 10 }))
  metrics.listener(attemptEnded({ result: 'cancelled', firstContentMs: 10 }))
  metrics.listener(attemptEnded({ result: 'error', failure: 'ConnectError' }))
  const phases = linesOf(await metrics.render(), 'llm_fallback_stream_interruptions_total')
  assert.deepEqual(
    phases.map(line => line.replace(/^.*phase=/, '')),
    ['"before_first_token"} 1', '"mid_stream"} 1', '"client_gone"} 1'],
  )
})

test('counts models that only a caller named under one target of the pass-through provider', async () => {
  const [policy] = snapshotWith({}).policies
  assert.ok(policy !== undefined)
  const passThrough = { ...policy, passThrough: 'LLMProvider/support/openai' }
  const metrics = startMetrics({}, { ...snapshotWith({}), policies: [passThrough] })
  for (const model of ['made-up-1', 'made-up-2']) {
    metrics.listener(attemptEnded({ target: { step: 'pass-through', hop: 0, provider: 'openai', model } }))
  }
  assert.deepEqual(linesOf(await metrics.render(), 'llm_fallback_attempts_total'), [
    'llm_fallback_attempts_total{target="openai/*",result="ok",reason="none"} 2',
  ])
})

test('keeps the last good configuration in sight when a change is refused', async () => {
  const metrics = startMetrics()
  metrics.policyRefused()
  const page = await metrics.render()
  assert.match(page, /llm_fallback_config_last_reload_successful 0/)
  assert.match(page, /llm_fallback_config_last_reload_success_timestamp_seconds 1700000000/)
  assert.match(page, /llm_fallback_config_reloads_total\{result="rejected"\} 1/)
  assert.match(page, /llm_fallback_config_info\{snapshot="abcdef012345",schema="v1"\} 1/)
  assert.match(page, /llm_fallback_config_generation\{policy="support\/copilot"\} 7/)
})

test('ten thousand junk names stay within the budget of a thousand series', async () => {
  const metrics = startMetrics()
  const plain = (await metrics.render()).split('\n').length
  for (let index = 0; index < 10_000; index += 1) {
    const junk = `junk-${index}`
    const policy = { name: junk, identity: junk, route: junk, strategy: junk }
    const target = { step: junk, hop: 0, provider: junk, model: junk }
    metrics.listener(attemptEnded({ target, policy: junk }))
    const event: RequestEnded = requestEnded({ policy, attempts: [attemptEnded({ target, policy: junk })] })
    metrics.listener(event)
  }
  const page = await metrics.render()
  assert.ok(page.split('\n').length - plain < 200, 'junk names opened series')
  assert.doesNotMatch(page, /junk/)
  assert.deepEqual(linesOf(page, 'llm_fallback_requests_total'), [
    'llm_fallback_requests_total{policy="other",route="other",path="primary",outcome="success"} 10000',
  ])
  assert.match(
    page,
    /llm_fallback_metric_label_overflows_total\{metric="llm_fallback_requests_total"\} 10000/,
  )
})

test('a snapshot of ten thousand names stays within the budget as well', async () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `name-${index}`)
  const [policy] = snapshotWith({}).policies
  assert.ok(policy !== undefined)
  const [route] = policy.routes
  assert.ok(route !== undefined)
  const routes: CompiledRoute[] = names.map(name => ({ ...route, name }))
  const snapshot: PolicySnapshot = { ...snapshotWith({}), policies: [{ ...policy, routes }] }
  const metrics = startMetrics({}, snapshot)
  for (const name of names) {
    metrics.listener(
      requestEnded({
        policy: {
          name: 'support/copilot',
          identity: 'copilot@7',
          route: name,
          strategy: 'retry-then-fallback',
        },
      }),
    )
  }
  const page = await metrics.render()
  const labelled = page.split('\n').filter(line => /^(llm_fallback|gen_ai).*\{/.test(line))
  assert.ok(labelled.length <= 1000 + Object.keys(catalogue).length, `${labelled.length} labelled series`)
  const counted = linesOf(page, 'llm_fallback_requests_total').map(line => Number(line.split(' ').at(-1)))
  assert.equal(
    counted.reduce((sum, count) => sum + count, 0),
    10_000,
  )
})

test('removes the series of a vanished target after two more scrapes', async () => {
  const metrics = startMetrics()
  metrics.listener(attemptEnded({}))
  metrics.policyApplied(snapshotWith({ model: 'gpt-5' }))
  assert.match(await metrics.render(), /attempts_total\{target="openai\/gpt-4o"/)
  assert.match(await metrics.render(), /attempts_total\{target="openai\/gpt-4o"/)
  assert.doesNotMatch(await metrics.render(), /openai\/gpt-4o"/)
})

test('a walk that began before the reload is still counted under its own names', async () => {
  const metrics = startMetrics()
  metrics.policyApplied(snapshotWith({ model: 'gpt-5' }))
  metrics.listener(attemptEnded({}))
  assert.match(
    await metrics.render(),
    /attempts_total\{target="openai\/gpt-4o",result="ok",reason="none"\} 1/,
  )
})

test('every metric follows the naming rules of Prometheus', async () => {
  const page = await startMetrics().render()
  const types = [...page.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => ({
    name,
    type,
  }))
  assert.ok(types.length > Object.keys(catalogue).length)
  for (const { name, type } of types) {
    assert.match(page, new RegExp(`^# HELP ${name} \\S.+$`, 'm'))
    assert.equal(name.endsWith('_total'), type === 'counter', `${name} is a ${type}`)
    assert.doesNotMatch(name, /_(count|sum|bucket)$|[A-Z:]|_(ms|milliseconds|minutes|kilobytes|mib)(_|$)/)
  }
})

test('the list in the README is the catalogue', async () => {
  const readme = await readFile(new URL('README.md', import.meta.url), 'utf8')
  const rows = [...readme.matchAll(/^\| `((?:llm_fallback|gen_ai)_\w+)` +\| (\w+) +\| (.*) \|$/gm)]
  const listed = rows.map(([, name, kind, labels = '']) => ({
    name,
    kind,
    labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label),
  }))
  const built = Object.values(catalogue).map(({ name, kind, labels }) => ({
    name,
    kind,
    labels: Object.keys(labels),
  }))
  assert.deepEqual(listed, built)
})
