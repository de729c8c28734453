// The scrape page: listens to the walk, is told of configuration, and asks the rooms for what only they know.
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { PolicySnapshot } from '../../crds/snapshot/policy-snapshot.ts'
import type { ChainEvent, ChainListener } from '../chain/events.ts'
import { createCardinalityGuard } from './cardinality-guard.ts'
import { Instruments } from './instruments.ts'
import type { MetricSources } from './metric-sources.ts'
import { createAttemptRecorder } from './record-attempt.ts'
import type { ConfigurationRecorder } from './record-configuration.ts'
import { createConfigurationRecorder } from './record-configuration.ts'
import { createRequestRecorder } from './record-request.ts'
import { createStateRecorder } from './record-state.ts'
import { createWalkRecorder } from './record-walk.ts'
import { createTargetNamer, flavoursOfSnapshot, namesOfSnapshot } from './snapshot-names.ts'
import { walkMetrics } from './walk-metrics.ts'

export interface MetricsOptions {
  readonly sources: MetricSources
  readonly build: { readonly version: string; readonly revision: string }
  /** Milliseconds since 1970. */
  wallTime(): number
}

export interface Metrics extends ConfigurationRecorder {
  readonly listener: ChainListener
  /** The whole page in the Prometheus text format. */
  render(): Promise<string>
  readonly contentType: string
}

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry()
  collectProcessMetrics(registry)
  const guard = createCardinalityGuard()
  const instruments = new Instruments(registry, guard)
  let flavours: ReadonlyMap<string, string> = new Map()
  const namer = createTargetNamer()
  const denials = instruments.counter(walkMetrics.policyDenials)
  const configuration = createConfigurationRecorder(instruments, options)
  const readState = createStateRecorder(instruments, options.sources)
  const listener = createMetricsListener({
    recordRequest: createRequestRecorder({
      instruments,
      denials,
      namer,
      flavourOf: provider => flavours.get(provider) ?? 'other',
    }),
    recordAttempt: createAttemptRecorder(instruments, namer),
    walk: createWalkRecorder(instruments, denials),
  })
  return {
    listener,
    contentType: registry.contentType,
    policyApplied(snapshot: PolicySnapshot) {
      guard.allow(namesOfSnapshot(snapshot))
      namer.use(snapshot)
      flavours = flavoursOfSnapshot(snapshot)
      configuration.policyApplied(snapshot)
    },
    policyRefused: () => configuration.policyRefused(),
    policyUnchanged: () => configuration.policyUnchanged(),
    async render() {
      readState()
      const page = await registry.metrics()
      if (guard.scraped()) instruments.sweep()
      return page
    },
  }
}

function createMetricsListener(recorders: {
  readonly recordRequest: ReturnType<typeof createRequestRecorder>
  readonly recordAttempt: ReturnType<typeof createAttemptRecorder>
  readonly walk: ReturnType<typeof createWalkRecorder>
}): ChainListener {
  const { recordRequest, recordAttempt, walk } = recorders
  return (event: ChainEvent) => {
    switch (event.kind) {
      case 'attemptStarted':
        return
      case 'attemptEnded':
        return recordAttempt(event)
      case 'stepSkipped':
        return walk.stepSkipped(event)
      case 'stepEntered':
        return walk.stepEntered(event)
      case 'retrySuppressed':
        return walk.retrySuppressed(event)
      case 'breakerChanged':
        return walk.breakerChanged(event)
      case 'cacheAsked':
        return walk.cacheAsked(event)
      case 'firstContent':
        return walk.firstContent(event)
      case 'requestEnded':
        return recordRequest(event)
      default:
        // Later events are for other listeners.
        return
    }
  }
}

function collectProcessMetrics(registry: Registry): void {
  // The precision is the period of a timer that wakes the process; nobody alerts on less than 50 ms of lag.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 50 })
  // Gauges with the suffix of counters: the labelled gauges beside them say the same.
  for (const name of ['nodejs_active_resources', 'nodejs_active_handles', 'nodejs_active_requests']) {
    registry.removeSingleMetric(`${name}_total`)
  }
}
