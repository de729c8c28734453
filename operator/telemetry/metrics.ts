// The operator's scrape page. Numbers are read from the rooms when somebody asks; only events are counted as they come.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export interface OperatorMetricSources {
  readonly isLeader: () => boolean
  /** Streams on this replica. */
  readonly push: () => {
    readonly streams: number
    readonly snapshotsPushed: number
    readonly bytesPushed: number
  }
  /** Pods by state, over the whole fleet. */
  readonly pods: () => ReadonlyMap<string, number>
  readonly loop: () => {
    readonly namespaces: number
    readonly queued: number
    readonly compilations: number
    readonly publications: number
    readonly statusWrites: number
  }
  readonly reflectors: () => readonly {
    readonly path: string
    readonly objects: number
    readonly lists: number
    readonly watches: number
    readonly restarts: number
    readonly missed: number
  }[]
  readonly certificateSeconds: () => number
}

export interface OperatorMetrics {
  readonly events: Counter<'room' | 'event'>
  /** Seconds from question to answer. */
  admitted(resource: string, outcome: string, seconds: number): void
  /** A pod was judged by the injector, under a code of a closed list. */
  injected(decision: string, seconds: number): void
  render(): Promise<string>
}

const prefix = 'llm_fallback_operator'

export function createOperatorMetrics(
  sources: OperatorMetricSources,
  build: { readonly version: string },
): OperatorMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const admissions = new Histogram({
    name: `${prefix}_admission_duration_seconds`,
    help: 'Time to answer an admission review.',
    labelNames: ['resource', 'outcome'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry],
  })
  const injections = addInjections(registry)
  const events = new Counter({
    name: `${prefix}_events_total`,
    help: 'What the rooms of the operator told, by room and event.',
    labelNames: ['room', 'event'],
    registers: [registry],
  })
  new Gauge({
    name: 'llm_fallback_build_info',
    help: 'Which build this is.',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version: build.version, node: process.versions.node }, 1)
  addReadings(registry, sources)
  return {
    events,
    admitted: (resource, outcome, seconds) => admissions.observe({ resource, outcome }, seconds),
    injected(decision, seconds) {
      injections.decisions.inc({ decision })
      injections.durations.observe(seconds)
    },
    render: () => registry.metrics(),
  }
}

function addInjections(registry: Registry) {
  const decisions = new Counter({
    name: `${prefix}_injections_total`,
    help: 'What became of pods that the injector was asked about: injected, or the code of the reason.',
    labelNames: ['decision'],
    registers: [registry],
  })
  const durations = new Histogram({
    name: `${prefix}_injection_duration_seconds`,
    help: 'Time to answer an admission review of a pod.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry],
  })
  return { decisions, durations }
}

/** Gauges and counters that are read at the moment of a scrape. */
function addReadings(registry: Registry, sources: OperatorMetricSources): void {
  const read = (name: string, help: string, value: () => number) =>
    new Gauge({
      name: `${prefix}_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(value())
      },
    })
  read('leader', '1 where this replica holds the lease.', () => Number(sources.isLeader()))
  read('push_streams', 'Sidecars connected to this replica.', () => sources.push().streams)
  read('certificate_expiry_seconds', 'Time left of the serving certificate.', sources.certificateSeconds)
  read('namespaces', 'Namespaces that were decided.', () => sources.loop().namespaces)
  read('queue_length', 'Keys of the loop that wait or run.', () => sources.loop().queued)
  const count = (name: string, help: string, value: () => number) =>
    new Counter({
      name: `${prefix}_${name}_total`,
      help,
      registers: [registry],
      collect() {
        this.reset()
        this.inc(value())
      },
    })
  count('snapshots_pushed', 'Snapshots written to streams.', () => sources.push().snapshotsPushed)
  count('pushed_bytes', 'Bytes of snapshots and credentials written.', () => sources.push().bytesPushed)
  count('compilations', 'Namespaces compiled.', () => sources.loop().compilations)
  count('publications', 'Plans handed to the push server.', () => sources.loop().publications)
  count('status_writes', 'Statuses written.', () => sources.loop().statusWrites)
  new Gauge({
    name: `${prefix}_pods`,
    help: 'Pods by how they stand towards their policy.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [state, pods] of sources.pods()) this.set({ state }, pods)
    },
  })
  addReflectorReadings(registry, sources)
}

const reflectorCounts = {
  lists: 'Full lists.',
  watches: 'Watches begun.',
  restarts: 'Watches that ended otherwise than by their time.',
  missed: 'Changes that a checking list found and the watch had not told; anything but 0 is a bug.',
} as const

function addReflectorReadings(registry: Registry, { reflectors }: OperatorMetricSources): void {
  new Gauge({
    name: `${prefix}_watched_objects`,
    help: 'Objects held in memory, by collection.',
    labelNames: ['path'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { path, objects } of reflectors()) this.set({ path }, objects)
    },
  })
  for (const [name, help] of Object.entries(reflectorCounts)) {
    new Counter({
      name: `${prefix}_watch_${name}_total`,
      help,
      labelNames: ['path'],
      registers: [registry],
      collect() {
        this.reset()
        for (const reflector of reflectors()) this.inc({ path: reflector.path }, reflector[name as 'lists'])
      },
    })
  }
}
