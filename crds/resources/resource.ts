import type { ClusterFallbackPolicy } from './cluster-fallback-policy.ts'
import type { FallbackPolicy } from './fallback-policy.ts'
import type { ClusterLLMProvider, LLMProvider } from './llm-provider.ts'

/** Group and version of every kind. */
export const apiVersion = 'llmfallback.io/v1alpha1'

/** A resource that was parsed: complete, defaults filled in. */
export type Resource = FallbackPolicy | ClusterFallbackPolicy | LLMProvider | ClusterLLMProvider

/** The same data, for reading only. */
export type Immutable<T> = T extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Immutable<T[Key]> }
    : T
