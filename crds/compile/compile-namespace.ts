// One namespace of a cluster: what each of its pods runs, and what is to be said about each policy and provider. Pure.
import type { Labels } from '../resources/label-selector.ts'
import { referencesOf } from '../resources/policy-references.ts'
import type { ResourceProblem } from '../resources/problem.ts'
import type { Resource } from '../resources/resource.ts'
import type { PolicySnapshot, ProviderKey, SecretId, UnresolvedReason } from '../snapshot/policy-snapshot.ts'
import { openProviderDesk, type ProviderDesk } from './check-providers.ts'
import { judgePolicy, type RunnablePolicy } from './judge-policy.ts'
import { type PlacedPolicy, policyId, providerKey } from './placed.ts'
import {
  clusterOwner,
  constraintsOf,
  type NamespaceContents,
  type PolicyLevels,
  policyLevels,
  readNamespace,
} from './read-namespace.ts'
import { createClassifier } from './selection-classes.ts'

export interface NamespaceInput {
  readonly namespace: string
  /** Resources that were parsed: those of this namespace and all of cluster kinds. Others are passed over. */
  readonly resources: readonly Resource[]
  readonly namespaceLabels: Labels
  /** The operator's own namespace: Secrets of cluster providers are there. */
  readonly operatorNamespace: string
  /** Whether the operator can hand over this key; asked for every key that a provider of this namespace or one named here needs. */
  readonly secretState: (id: SecretId) => SecretState
  /** Providers that exist but that `parseResource` refused; policies that name one are told that, not that it is missing. */
  readonly invalidProviders?: ReadonlySet<ProviderKey>
}

export type SecretState = 'found' | 'SecretNotFound' | 'SecretKeyMissing' | 'RefNotPermitted'

export interface CompiledNamespace {
  /** By `namespace/name`, or `cluster/name` of the cluster policies that select this namespace. */
  readonly policies: ReadonlyMap<string, PolicyVerdict>
  /** Of the namespace's own providers and those of cluster kind that its policies name. */
  readonly providers: ReadonlyMap<ProviderKey, ProviderVerdict>
  /** What a pod with these labels runs. Equal classes are compiled once and are the same object. */
  classFor(podLabels: Labels): SelectionClass
}

/** The pods that end up with the same policies. */
export interface SelectionClass {
  /** Tells classes of one namespace apart. */
  readonly key: string
  /** Policies in the order in which they are asked for a route: overrides, winner, defaults; ids as in `policies`. */
  readonly winners: readonly string[]
  /** The others that select these pods. */
  readonly losers: readonly { readonly policy: string; readonly winner: string }[]
  readonly snapshot: PolicySnapshot
  /** Keys that the snapshot needs and that can be had, sorted. */
  readonly secrets: readonly SecretId[]
}

export interface PolicyVerdict {
  readonly accepted: Verdict<'Accepted' | 'Invalid' | 'ConstraintViolated' | 'UnsupportedFeature'>
  readonly resolvedRefs: Verdict<'ResolvedRefs' | UnresolvedReason>
  readonly warnings: readonly ResourceProblem[]
}

export interface ProviderVerdict {
  readonly resolvedRefs: Verdict<'ResolvedRefs' | UnresolvedReason>
}

export interface Verdict<Reason extends string> {
  readonly isTrue: boolean
  readonly reason: Reason
  /** One sentence for people, naming field and cure when it is not true. */
  readonly message: string
}

/** Compiles what the pods of a namespace run. Resources must come from `parseResource`. */
export function compileNamespace(input: NamespaceInput): CompiledNamespace {
  const contents = readNamespace(input)
  const desk = openProviderDesk(contents.providers, input)
  const constraints = constraintsOf(contents.clusterPolicies)
  const judge = (parts: readonly PlacedPolicy[]) => judgePolicy(parts, { desk, constraints })

  const policies = new Map<string, PolicyVerdict>()
  const runnable = new Map<PlacedPolicy, RunnablePolicy>()
  const partsByObject = Map.groupBy(partsOf(contents), ({ object }) => object)
  // One that holds constraints only has no parts, and a verdict all the same.
  for (const { metadata } of contents.clusterPolicies) {
    policies.set(policyId({ owner: clusterOwner, metadata }), judge([]).verdict)
  }
  for (const parts of partsByObject.values()) {
    const judged = judge(parts)
    for (const placed of parts) policies.set(policyId(placed), judged.verdict)
    for (const [placed, policy] of judged.runnable) runnable.set(placed, policy)
  }
  return {
    policies,
    providers: judgeProviders(contents, desk),
    classFor: createClassifier(rankPolicies(contents.levels, runnable), desk),
  }
}

function partsOf({ levels }: NamespaceContents): readonly PlacedPolicy[] {
  return policyLevels.flatMap(level => levels[level])
}

function rankPolicies(
  levels: PolicyLevels,
  runnable: ReadonlyMap<PlacedPolicy, RunnablePolicy>,
): readonly (readonly RunnablePolicy[])[] {
  return policyLevels.map(level => levels[level].flatMap(placed => runnable.get(placed) ?? []))
}

/** The namespace's own providers, and those of cluster kind that a policy here names. */
function judgeProviders(
  contents: NamespaceContents,
  desk: ProviderDesk,
): ReadonlyMap<ProviderKey, ProviderVerdict> {
  const named = new Set(
    partsOf(contents).flatMap(({ spec, path, namespace }) =>
      referencesOf(spec, path).map(({ ref }) => providerKey(ref.kind, namespace, ref.name)),
    ),
  )
  return new Map(
    [...contents.providers]
      .filter(([key, { provider }]) => provider.kind === 'LLMProvider' || named.has(key))
      .sort(byKey)
      .map(([key, placed]) => [key, desk.verdictOf(placed)]),
  )
}

function byKey(left: readonly [string, unknown], right: readonly [string, unknown]): number {
  return left[0] < right[0] ? -1 : 1
}
