// What a sidecar executes: compiled, complete, free of credentials. Fields are added, never repurposed.
import type { Capability, DialectName, FailureKind, Operation } from '../vocabulary.ts'

export const snapshotVersion = 1

export interface PolicySnapshot {
  readonly version: typeof snapshotVersion
  /** SHA-256 (hex) over the canonical JSON of everything else: what an ack names. */
  readonly digest: string
  /** In the order in which they are asked for a route: cluster overrides, the namespace winner, cluster defaults. */
  readonly policies: readonly CompiledPolicy[]
  /** By `ProviderKey`; only providers that some policy uses. */
  readonly providers: Readonly<Record<ProviderKey, CompiledProvider>>
}

/** `LLMProvider/<namespace>/<name>` or `ClusterLLMProvider/<name>`. */
export type ProviderKey = string

export interface CompiledPolicy {
  /** `cluster` for the parts of a cluster policy. */
  readonly namespace: string
  readonly name: string
  /** `name@generation`, or `cluster/name@generation`: the value of `x-llm-fallback-policy`. */
  readonly identity: string
  readonly mode: 'Enforce' | 'Observe'
  /** Where the tenant of a request comes from: a header that the caller claims, or a fixed value. */
  readonly tenant?:
    | { readonly kind: 'header'; readonly name: string }
    | { readonly kind: 'value'; readonly value: string }
  /** Provider of requests that match no route. */
  readonly passThrough?: ProviderKey
  readonly routes: readonly CompiledRoute[]
}

export interface CompiledRoute {
  readonly name: string
  /** Derived by the compiler for telemetry, e.g. `retry-then-fallback+provider-rotation`. */
  readonly strategy: string
  readonly match: CompiledMatch
  readonly limits: { readonly deadlineMs: number; readonly attempts: number }
  readonly retryBudget: { readonly percent: number; readonly minPerSecond: number }
  readonly whenAllOpen: 'Fail' | 'TryLeastBad' | 'Wait'
  /** Globs of regions; absent: anywhere. */
  readonly residency?: { readonly regions: readonly string[] }
  readonly budget?: {
    readonly usd: number
    readonly perMs: number
    readonly onExceeded: 'Fallback' | 'Reject'
  }
  readonly streaming: { readonly onBreak: 'Terminate'; readonly keepAliveMs: number }
  readonly cacheFirst?: { readonly maxAgeMs: number }
  readonly chain: readonly CompiledStep[]
}

export interface CompiledMatch {
  /** Globs (`*` only); absent: every model. */
  readonly models?: readonly string[]
  readonly operations?: readonly Operation[]
  /** All must hold; `value` absent: the header must be present. Names are lower case. */
  readonly headers?: readonly { readonly name: string; readonly value?: string }[]
}

interface CompiledStepBase {
  readonly name: string
  /** Position in the chain, 0 = primary. */
  readonly hop: number
  /** Failure kinds that may enter, defaults filled in; empty on the first step. */
  readonly when: readonly FailureKind[]
}

export type CompiledStep = CompiledTargetStep | CompiledCacheStep | CompiledManualStep

export interface CompiledTargetStep extends CompiledStepBase {
  readonly kind: 'target'
  readonly provider: ProviderKey
  readonly model: string
  /** True when `when` was not written: ContextOverflow then enters by itself if this window is the larger one. */
  readonly entersLargerWindow: boolean
  /** What the provider's `models[]` says about this model; absent: nothing is known. */
  readonly facts?: ModelFacts
  readonly maxOutputTokens?: number
  readonly requireParameters: boolean
  readonly allowDifferentEmbeddingSpace: boolean
  /** Why this target cannot be asked although the rest of the chain can: the step is skipped. In a cluster only. */
  readonly unresolved?: UnresolvedReason
  readonly timeout: {
    readonly connectMs: number
    readonly firstTokenMs: number
    readonly idleMs: number
    readonly totalMs: number
  }
  readonly retry: {
    readonly attempts: number
    readonly initialMs: number
    readonly factor: number
    readonly maxMs: number
  }
  readonly circuitBreaker: {
    readonly failures: number
    readonly windowMs: number
    readonly openForMs: number
  }
}

export interface CompiledCacheStep extends CompiledStepBase {
  readonly kind: 'cache'
  readonly maxAgeMs: number
}

export interface CompiledManualStep extends CompiledStepBase {
  readonly kind: 'manual'
  readonly text: string
  readonly status: 200 | 503
}

export interface CompiledProvider {
  readonly key: ProviderKey
  readonly kind: 'LLMProvider' | 'ClusterLLMProvider'
  readonly name: string
  readonly dialect: DialectName
  /** Base URL without a trailing slash, the vendor's public one filled in. */
  readonly endpoint: string
  readonly region?: string
  readonly credentials: CompiledCredentials
  /** Fixed extra headers, names in lower case. */
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly tls?: { readonly caBundle?: string; readonly serverName?: string }
  readonly models: readonly ModelFacts[]
}

/** `namespace/name/key` of a key in a Secret. */
export type SecretId = string

/** What a reference can fail at; the reasons of the condition `ResolvedRefs`. */
export type UnresolvedReason =
  | 'ProviderNotFound'
  | 'SecretNotFound'
  | 'SecretKeyMissing'
  | 'RefNotPermitted'
  /** The provider itself is refused. */
  | 'ProviderInvalid'

/** Where the key comes from. The value itself is never part of a snapshot. */
export type CompiledCredentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'env'; readonly name: string }
  /** Handed over by the operator beside the snapshot, under this id. In a cluster only. */
  | { readonly kind: 'secret'; readonly id: SecretId }
  /** The caller's own key is passed on, to a provider of the caller's dialect only. */
  | { readonly kind: 'caller' }

export interface ModelFacts {
  readonly name: string
  readonly contextWindow?: number
  readonly maxOutputTokens?: number
  /** US dollars per million tokens. */
  readonly price?: { readonly input: number; readonly cachedInput?: number; readonly output: number }
  /** Absent: unknown, and unknown passes. */
  readonly capabilities?: readonly Capability[]
}
