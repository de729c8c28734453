// From a reference in a policy to the provider that it names, if that one exists and lets the namespace in.
import { type Labels, selectsLabels } from '../resources/label-selector.ts'
import type { ClusterLLMProvider } from '../resources/llm-provider.ts'
import { suggestion } from '../resources/near-miss.ts'
import type { Reference } from '../resources/policy-references.ts'
import type { ProviderRef } from '../resources/policy-step.ts'
import type { Finding } from '../resources/problem.ts'
import type { ProviderKey } from '../snapshot/policy-snapshot.ts'
import { assertNever } from '../vocabulary.ts'
import { type PlacedProvider, providerKey } from './placed.ts'

/** The providers among which references are looked up. */
export interface ProviderMarket {
  readonly providers: ReadonlyMap<ProviderKey, PlacedProvider>
  /** Why policies of a namespace may not use this provider; undefined: they may. */
  readonly explainRefusal: (provider: ClusterLLMProvider, namespace: string) => string | undefined
}

export type Resolution =
  | { readonly kind: 'found'; readonly placed: PlacedProvider }
  | { readonly kind: 'ProviderNotFound' | 'RefNotPermitted'; readonly message: string }

/** @param namespace of the policy, or of the pods that run it. */
export function resolveReference(ref: ProviderRef, namespace: string, market: ProviderMarket): Resolution {
  const placed = market.providers.get(providerKey(ref.kind, namespace, ref.name))
  if (placed === undefined)
    return { kind: 'ProviderNotFound', message: explainMissing(ref, namespace, market) }
  const refusal = refusalOf(placed, namespace, market)
  return refusal === undefined ? { kind: 'found', placed } : { kind: 'RefNotPermitted', message: refusal }
}

/** What was found about a provider, told at the reference to it. */
export function onReference({ path, ref }: Reference, message: string): Finding {
  return { path: `${path}.name`, message, value: ref.name }
}

function refusalOf({ provider }: PlacedProvider, namespace: string, market: ProviderMarket) {
  return provider.kind === 'LLMProvider' ? undefined : market.explainRefusal(provider, namespace)
}

/** Hints name only what the namespace may use. */
function explainMissing(ref: ProviderRef, namespace: string, market: ProviderMarket): string {
  const isCluster = ref.kind === 'ClusterLLMProvider'
  const otherKind = isCluster ? 'LLMProvider' : 'ClusterLLMProvider'
  const where = isCluster ? '' : ` in namespace ${namespace}`
  const other = market.providers.get(providerKey(otherKind, namespace, ref.name))
  if (other !== undefined && refusalOf(other, namespace, market) === undefined) {
    return `there is no ${ref.kind} of this name${where}, but a ${otherKind}: set providerRef.kind`
  }
  const ofKind = [...market.providers.values()].filter(({ provider }) => provider.kind === ref.kind)
  const candidates = ofKind.filter(
    placed =>
      placed.key === providerKey(ref.kind, namespace, placed.provider.metadata.name) &&
      refusalOf(placed, namespace, market) === undefined,
  )
  const isElsewhere = ofKind.some(({ provider }) => provider.metadata.name === ref.name)
  const hint = isElsewhere
    ? '; the one of another namespace cannot be used'
    : suggestion(
        ref.name,
        candidates.map(({ provider }) => provider.metadata.name),
      )
  return `there is no ${ref.kind} of this name${where}${hint}`
}

/** @param operatorNamespace the one that `from: Same` means; absent: no namespace is that one. */
export function allowsNamespace(
  { spec }: ClusterLLMProvider,
  {
    namespace,
    labels,
    operatorNamespace,
  }: { readonly namespace: string; readonly labels: Labels; readonly operatorNamespace?: string },
): boolean {
  const { from, selector } = spec.allowedNamespaces
  switch (from) {
    case 'All':
      return true
    case 'Same':
      return namespace === operatorNamespace
    case 'Selector':
      return selector !== undefined && selectsLabels(selector, labelsOfNamespace(namespace, labels))
    default:
      return assertNever(from)
  }
}

/** Its own name is always a label of a namespace, whatever its labels claim. */
export function labelsOfNamespace(namespace: string, labels: Labels): Labels {
  return { ...labels, 'kubernetes.io/metadata.name': namespace }
}
