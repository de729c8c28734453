// What the loop needs of the world and does to it. Adapters in other rooms implement these; the loop knows none of them.
import type { TargetHealth } from '../../crds/snapshot/control-frames.ts'
import type { PolicySnapshot, SecretId } from '../../crds/snapshot/policy-snapshot.ts'

export type * from './status-ports.ts'

// ---- time

export type Cancel = () => void

export interface Clock {
  /** Milliseconds on a clock that only goes forward. */
  now(): number
  /** Milliseconds since 1970. */
  wallTime(): number
  schedule(milliseconds: number, run: () => void): Cancel
}

// ---- the cluster, as last seen

/** A collection of objects kept in step with the API server. Reads are synchronous and never wait. */
export interface Reader<Item> {
  list(): Iterable<Item>
  /** Items of one namespace. */
  inNamespace(namespace: string): Iterable<Item>
  /** @param namespace empty for cluster kinds. */
  find(namespace: string, name: string): Item | undefined
  /** True once the first full list has been read. */
  hasSynced(): boolean
  /** Told after the collection has changed. */
  onChange(listener: (change: Change<Item>) => void): Cancel
}

/** `before` is absent for a new object, `after` for one that is gone. */
export interface Change<Item> {
  readonly before?: Item
  readonly after?: Item
}

/** A resource of ours as the API server holds it, spec not yet trusted. */
export interface StoredResource {
  readonly kind: 'FallbackPolicy' | 'ClusterFallbackPolicy' | 'LLMProvider' | 'ClusterLLMProvider'
  /** Empty for cluster kinds. */
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly generation: number
  readonly resourceVersion: string
  /** The whole object, for `parseResource`. */
  readonly object: unknown
  /** What it says about itself now, untrusted. */
  readonly status: unknown
}

export interface NamespaceFacts {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** Value of the annotation `openshift.io/sa.scc.uid-range`; absent: none. */
  readonly openShiftUsers?: string
}

/** What is kept of a pod: a few hundred bytes each. */
export interface PodFacts {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly labels: Readonly<Record<string, string>>
  readonly serviceAccount: string
  readonly node: string
  /** It has the container `llm-fallback`. */
  readonly hasSidecar: boolean
  /** Value of the annotation `llmfallback.io/injection`; empty: none. */
  readonly injection: string
  /** Why provider keys are withheld from its sidecar; empty: nothing about the pod speaks against it. */
  readonly unsound: string
  /** Value of the annotation `llmfallback.io/exposed-keys`: `container/VARIABLE`, comma between; empty: none. */
  readonly exposedKeys: string
  /** Value of the annotation `llmfallback.io/kept-variables`, in the same form. */
  readonly keptVariables: string
  /** Succeeded or Failed: no longer counted. */
  readonly isFinished: boolean
  readonly isDeleting: boolean
}

/** Looks after the Secrets that providers name, one watch each, in granted namespaces only. */
export interface SecretReader {
  /** Watches exactly these from now on; watches of others end and what they held is dropped. */
  watch(ids: ReadonlySet<SecretId>): void
  find(id: SecretId): SecretLookup
  /** Told with `namespace/name` of the Secret. */
  onChange(listener: (secret: string) => void): Cancel
}

export type SecretLookup =
  | { readonly kind: 'found'; readonly version: string; readonly value: string }
  /** Not read yet: the first answer is still under way. */
  | { readonly kind: 'pending' }
  | { readonly kind: 'SecretNotFound' | 'SecretKeyMissing' | 'RefNotPermitted' }

// ---- what goes out

/** What the pods of one namespace run, from now on. Replaces the plan before it. */
export interface NamespacePlan {
  readonly namespace: string
  /** By pod UID; a pod without an entry is not served. Pods of one class share the object. */
  readonly assignments: ReadonlyMap<string, Assignment>
}

/** Serialised once, shared by all streams of the class. */
export interface Assignment {
  readonly snapshot: PolicySnapshot
  /** Lines ready to be written. */
  readonly snapshotLine: Buffer
  readonly credentialsLine: Buffer
  /** Changes when a credential does. */
  readonly credentialsVersion: string
}

export interface Publisher {
  publish(plan: NamespacePlan): void
}

// ---- what comes back

/** What is known of a pod that has a stream, on whichever replica. */
export interface SidecarState {
  readonly namespace: string
  readonly pod: string
  readonly uid: string
  /** Digest that it said is live; absent: none. */
  readonly live?: string
  /** The latest refusal, if the latest verdict was one. */
  readonly rejected?: { readonly digest: string; readonly message: string }
  /** Wall time at which the stream began, for choosing between two replicas that claim it. */
  readonly connectedAt: number
  readonly version: string
  readonly targets: readonly TargetHealth[]
}

/** Every sidecar that any replica has heard of lately. */
export interface FleetView {
  find(podUid: string): SidecarState | undefined
  list(): Iterable<SidecarState>
  /** Told with the namespace in which something changed. */
  onChange(listener: (namespace: string) => void): Cancel
}

/** How a pod stands towards what it ought to run. */
export type PodState = 'programmed' | 'rejected' | 'stale' | 'notInjected'

// ---- who may write

/** True while this replica may write. */
export interface Leadership {
  isLeader(): boolean
  onChange(listener: (isLeader: boolean) => void): Cancel
}

// ---- the API server, one object at a time

/** Paths are those of the API server, such as `/api/v1/namespaces/a/secrets/b`. Every call rejects with `ApiError` otherwise. */
export interface ObjectClient {
  /** Undefined when there is none. */
  read(path: string): Promise<unknown>
  /** @param collection path of the collection. */
  create(collection: string, object: unknown): Promise<'created' | 'exists'>
  /** The object carries the resourceVersion that it replaces. */
  replace(path: string, object: unknown): Promise<'replaced' | 'conflict' | 'gone'>
  /** Server-side apply as field manager `llm-fallback`, forced. */
  apply(path: string, object: unknown): Promise<void>
  /** An object that is gone already is fine. */
  remove(path: string): Promise<void>
}

/** Sees to it that what the operator makes goes when the operator is uninstalled. */
export interface Ownership {
  /**
   * The object with its owner, ready to be created, applied or put in place. Rejects once the owner that was there is gone: then
   * nothing is to be written any more.
   * @param stored as it stands now; undefined: it is to be made.
   */
  claim<Wanted extends object>(wanted: Wanted, stored: unknown): Promise<Wanted>
}

export interface TokenReviewer {
  /** Asks the API server about a projected token, with our audience. */
  review(token: string): Promise<TokenVerdict>
}

export type TokenVerdict =
  | {
      readonly kind: 'authenticated'
      readonly namespace: string
      readonly serviceAccount: string
      readonly pod: string
      readonly podUid: string
      /** Wall time, from the token's own `exp`. */
      readonly expiresAt: number
    }
  /** `reason` is for the sidecar's log: never the token. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The API server could not be asked. */
  | { readonly kind: 'unavailable'; readonly reason: string }

/** What is kept of a ConfigMap `llm-fallback-ca`, from which the pods of a namespace learn whom to trust. */
export interface TrustCopy {
  readonly namespace: string
  readonly name: string
  /** PEM; empty: it says nothing. */
  readonly bundle: string
  /** Its metadata as far as ownership goes, for `Ownership`. */
  readonly object: unknown
}

/** What is kept of a ConfigMap in which a replica tells the others what its streams say. */
export interface FleetSummaryObject {
  readonly name: string
  readonly data: Readonly<Record<string, string>>
}
