// A cluster in memory for tests: everything that the loop reads and writes, with nothing behind it.
import type { TargetHealth } from '../../crds/snapshot/control-frames.ts'
import type { SecretId } from '../../crds/snapshot/policy-snapshot.ts'
import { createReconciler, type ReconcileFailure, type Reconciler } from './loop.ts'
import type {
  Cancel,
  Clock,
  NamespaceFacts,
  NamespacePlan,
  PodFacts,
  RecordedEvent,
  ResourceId,
  ResourceKind,
  ResourceStatus,
  SecretLookup,
  SidecarState,
  StoredResource,
} from './ports.ts'
import { sampleSidecar } from './sample-objects.ts'
import { SampleReader } from './sample-reader.ts'

export interface WrittenStatus {
  readonly id: ResourceId
  readonly status: ResourceStatus
  /** On the clock of the test. */
  readonly at: number
}

export class SampleWorld {
  readonly clock: Clock
  readonly readers = {
    policies: new SampleReader<StoredResource>(item => item),
    clusterPolicies: new SampleReader<StoredResource>(item => item),
    providers: new SampleReader<StoredResource>(item => item),
    clusterProviders: new SampleReader<StoredResource>(item => item),
    namespaces: new SampleReader<NamespaceFacts>(({ name }) => ({ namespace: '', name })),
    pods: new SampleReader<PodFacts>(item => item),
  }
  readonly sidecars = new Map<string, SidecarState>()
  readonly secrets = new Map<SecretId, SecretLookup>()
  watched: ReadonlySet<SecretId> = new Set()
  readonly plans = new Map<string, NamespacePlan>()
  readonly published: string[] = []
  readonly writes: WrittenStatus[] = []
  readonly events: (RecordedEvent & { readonly name: string })[] = []
  readonly failures: ReconcileFailure[] = []
  readonly reconciler: Reconciler
  /** Set: writes are refused. */
  writeError: Error | undefined
  #isLeader = true
  readonly #onLeadership = new Set<(isLeader: boolean) => void>()
  readonly #onFleet = new Set<(namespace: string) => void>()
  readonly #onSecret = new Set<(secret: string) => void>()

  constructor(clock: Clock) {
    this.clock = clock
    this.reconciler = createReconciler({
      clock,
      random: () => 0,
      operatorNamespace: 'llm-fallback-system',
      readers: this.readers,
      publisher: { publish: plan => this.#publish(plan) },
      statusWriter: { apply: (id, _uid, status) => this.#write(id, status) },
      events: { record: ({ name }, event) => void this.events.push({ name, ...event }) },
      onFailure: failure => void this.failures.push(failure),
      leadership: {
        isLeader: () => this.#isLeader,
        onChange: listener => subscribe(this.#onLeadership, listener),
      },
      fleet: {
        find: uid => this.sidecars.get(uid),
        list: () => this.sidecars.values(),
        onChange: listener => subscribe(this.#onFleet, listener),
      },
      secrets: {
        watch: ids => {
          this.watched = ids
        },
        find: id => this.secrets.get(id) ?? { kind: 'pending' },
        onChange: listener => subscribe(this.#onSecret, listener),
      },
    })
  }

  lead(isLeader: boolean): void {
    this.#isLeader = isLeader
    for (const listener of this.#onLeadership) listener(isLeader)
  }

  setSecret(id: SecretId, lookup: SecretLookup): void {
    this.secrets.set(id, lookup)
    for (const listener of this.#onSecret) listener(id.split('/').slice(0, 2).join('/'))
  }

  hear(state: SidecarState): void {
    this.sidecars.set(state.uid, state)
    for (const listener of this.#onFleet) listener(state.namespace)
  }

  hangUp(uid: string): void {
    const namespace = this.sidecars.get(uid)?.namespace ?? ''
    this.sidecars.delete(uid)
    for (const listener of this.#onFleet) listener(namespace)
  }

  /** Every pod with a sidecar says that what it was told is live. */
  acknowledgeAll(targets: readonly TargetHealth[] = []): void {
    for (const { assignments } of this.plans.values()) {
      for (const [uid, { snapshot }] of assignments) {
        const pod = [...this.readers.pods.list()].find(one => one.uid === uid)
        if (pod?.hasSidecar) this.hear(sampleSidecar(pod, { live: snapshot.digest, targets }))
      }
    }
  }

  statusOf(kind: ResourceKind, name: string): ResourceStatus | undefined {
    return this.writes.findLast(({ id }) => id.kind === kind && id.name === name)?.status
  }

  #publish(plan: NamespacePlan): void {
    this.plans.set(plan.namespace, plan)
    this.published.push(plan.namespace)
  }

  async #write(id: ResourceId, status: ResourceStatus): Promise<void> {
    if (this.writeError !== undefined) throw this.writeError
    this.writes.push({ id, status, at: this.clock.now() })
    const reader = this.#readerOf(id.kind)
    const stored = reader.find(id.namespace, id.name)
    if (stored !== undefined) reader.put({ ...stored, status })
  }

  #readerOf(kind: ResourceKind): SampleReader<StoredResource> {
    const { policies, clusterPolicies, providers, clusterProviders } = this.readers
    switch (kind) {
      case 'FallbackPolicy':
        return policies
      case 'ClusterFallbackPolicy':
        return clusterPolicies
      case 'LLMProvider':
        return providers
      case 'ClusterLLMProvider':
        return clusterProviders
    }
  }
}

function subscribe<Listener>(listeners: Set<Listener>, listener: Listener): Cancel {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
