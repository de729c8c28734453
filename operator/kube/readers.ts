// The collections that the operator follows, each with a reflector of its own.
import { apiVersion } from '../../crds/resources/resource.ts'
import type {
  FleetSummaryObject,
  NamespaceFacts,
  PodFacts,
  Reader,
  ResourceKind,
  StoredResource,
  TrustCopy,
} from '../reconcile/ports.ts'
import { keepVerdict } from './keep-verdict.ts'
import type { Collection } from './list-pages.ts'
import {
  isSameFacts,
  type JudgePod,
  podProjection,
  projectFleetSummary,
  projectNamespace,
  resourceProjection,
  trustCopyProjection,
} from './project-objects.ts'
import { Reflector } from './reflector.ts'
import type { ReflectorCounters, ReflectorOptions } from './reflector-options.ts'
import { collectionPath } from './resource-paths.ts'
import { SharedValues } from './share-values.ts'

/** What every reflector is made with. */
export type ReflectorParts = Pick<
  ReflectorOptions<unknown>,
  'client' | 'clock' | 'random' | 'report' | 'limits'
>

export interface KubeReaders {
  readonly policies: Reader<StoredResource>
  readonly clusterPolicies: Reader<StoredResource>
  readonly providers: Reader<StoredResource>
  readonly clusterProviders: Reader<StoredResource>
  readonly namespaces: Reader<NamespaceFacts>
  readonly pods: Reader<PodFacts>
  /** What replicas tell each other about their streams. */
  readonly fleetSummaries: Reader<FleetSummaryObject>
  /** The ConfigMaps `llm-fallback-ca` of all namespaces. */
  readonly trustCopies: Reader<TrustCopy>
}

export interface ReaderSources extends FleetSummarySource {
  readonly judgePod: JudgePod
}

export interface FleetSummarySource {
  /** The operator's own. */
  readonly namespace: string
  /** Such as `llmfallback.io/role=fleet`. */
  readonly labelSelector: string
}

export interface ReflectorHealth extends ReflectorCounters {
  /** Of the collection. */
  readonly path: string
  readonly hasSynced: boolean
  /** The API server has taken a watch of it at least once. */
  readonly hasWatched: boolean
  readonly objects: number
}

export interface RunningReaders extends KubeReaders {
  start(): void
  /** Resolves once every reader has read its first full list; rejects with the signal's reason. */
  synced(signal: AbortSignal): Promise<void>
  stop(): Promise<void>
  health(): readonly ReflectorHealth[]
}

/** A watch of one name is all that the role of the operator allows. */
const trustCopies: Collection = {
  path: '/api/v1/configmaps',
  query: { fieldSelector: 'metadata.name=llm-fallback-ca' },
}

export function createReaders(parts: ReflectorParts, sources: ReaderSources): RunningReaders {
  const shared = new SharedValues()
  const reflectors = {
    policies: followResources(parts, 'FallbackPolicy'),
    clusterPolicies: followResources(parts, 'ClusterFallbackPolicy'),
    providers: followResources(parts, 'LLMProvider'),
    clusterProviders: followResources(parts, 'ClusterLLMProvider'),
    namespaces: followFacts(parts, { path: '/api/v1/namespaces' }, projectNamespace),
    pods: new Reflector({
      ...parts,
      collection: { path: '/api/v1/pods' },
      project: podProjection(shared, sources.judgePod),
      isSame: isSameFacts,
      carry: keepVerdict,
    }),
    fleetSummaries: followFacts(parts, fleetCollection(sources), projectFleetSummary),
    trustCopies: followFacts(parts, trustCopies, trustCopyProjection(shared)),
  }
  const all = Object.values(reflectors)
  return {
    policies: reflectors.policies.store,
    clusterPolicies: reflectors.clusterPolicies.store,
    providers: reflectors.providers.store,
    clusterProviders: reflectors.clusterProviders.store,
    namespaces: reflectors.namespaces.store,
    pods: reflectors.pods.store,
    fleetSummaries: reflectors.fleetSummaries.store,
    trustCopies: reflectors.trustCopies.store,
    start: () => {
      for (const reflector of all) reflector.start()
    },
    synced: signal => waitForAll(signal, ...all.map(reflector => reflector.synced)),
    stop: async () => {
      await Promise.all(all.map(reflector => reflector.stop()))
    },
    health: () => all.map(healthOf),
  }
}

function followResources(parts: ReflectorParts, kind: ResourceKind): Reflector<StoredResource> {
  const project = resourceProjection(kind, apiVersion)
  return new Reflector({ ...parts, collection: { path: collectionPath(kind) }, project })
}

function followFacts<Facts>(
  parts: ReflectorParts,
  collection: Collection,
  project: (object: unknown) => Facts | undefined,
): Reflector<Facts> {
  return new Reflector({ ...parts, collection, project, isSame: isSameFacts })
}

function fleetCollection({ namespace, labelSelector }: FleetSummarySource): Collection {
  return { path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps`, query: { labelSelector } }
}

async function waitForAll(signal: AbortSignal, ...promises: readonly Promise<void>[]): Promise<void> {
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    await Promise.race([Promise.all(promises), aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

export function healthOf(reflector: HealthSource): ReflectorHealth {
  const { path, counters, hasWatched, store } = reflector
  return { path, ...counters, hasSynced: store.hasSynced(), hasWatched, objects: store.size }
}

interface HealthSource {
  readonly path: string
  readonly counters: ReflectorCounters
  readonly hasWatched: boolean
  readonly store: { readonly size: number; hasSynced(): boolean }
}
