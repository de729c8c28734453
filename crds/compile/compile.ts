// A folder of resources in, the snapshot of one pod out. Pure: no file, no clock, no network; equal resources in any order give an equal digest.
import type { Labels } from '../resources/label-selector.ts'
import type { ClusterLLMProvider } from '../resources/llm-provider.ts'
import { referencesOf } from '../resources/policy-references.ts'
import { type Finding, type ResourceProblem, toProblem } from '../resources/problem.ts'
import type { CompiledProvider, PolicySnapshot, ProviderKey } from '../snapshot/policy-snapshot.ts'
import { assembleSnapshot } from './assemble-snapshot.ts'
import { type Catalogue, type CompileInput, readCatalogue } from './catalogue.ts'
import { findWarnings } from './chain-warnings.ts'
import { compilePolicy } from './compile-policy.ts'
import { compileProvider, findModelFacts } from './compile-provider.ts'
import { type PlacedPolicy, type PlacedProvider, policyId, providerKey } from './placed.ts'
import { allowsNamespace, onReference, type ProviderMarket, resolveReference } from './resolve-provider.ts'
import { selectPolicy } from './select-policy.ts'

export type { CompileInput } from './catalogue.ts'

export type CompileResult =
  | {
      readonly kind: 'compiled'
      readonly snapshot: PolicySnapshot
      readonly warnings: readonly ResourceProblem[]
      /** Policies that select the pod too, as `namespace/name`, with the one that won. */
      readonly losers: readonly { readonly policy: string; readonly winner: string }[]
    }
  | {
      readonly kind: 'refused'
      /** At least one. */
      readonly problems: readonly ResourceProblem[]
      readonly warnings: readonly ResourceProblem[]
    }

/** Compiles what one pod runs from a folder. Resources must come from `parseResource`. */
export function compile(input: CompileInput): CompileResult {
  const catalogue = readCatalogue(input)
  const { winner, losers } = selectPolicy(catalogue.policies, input)
  const problems = [
    ...catalogue.problems,
    ...findProblems(catalogue, input),
    ...(winner === undefined ? [explainNoPolicy(catalogue, input)] : []),
  ]
  if (winner === undefined || problems.length > 0) return { kind: 'refused', problems, warnings: [] }
  const providers = compileProviders(winner, catalogue)
  const policy = compilePolicy(winner, {
    isKnown: key => catalogue.providers.has(key),
    findModel: (key, model) => {
      const placed = catalogue.providers.get(key)
      return placed === undefined ? undefined : findModelFacts(placed.provider.spec, model)
    },
    // One reference that leads nowhere has refused the whole already.
    findObstacle: () => undefined,
  })
  return {
    kind: 'compiled',
    snapshot: assembleSnapshot([policy], providers),
    warnings: onObject(winner.object, findWarnings(policy, providers, winner.path)),
    losers: losers.map(loser => ({ policy: policyId(loser), winner: policyId(winner) })),
  }
}

/** A folder is judged whole, since somebody wrote it as a whole. */
function findProblems(catalogue: Catalogue, input: CompileInput): readonly ResourceProblem[] {
  const market: ProviderMarket = {
    providers: catalogue.providers,
    explainRefusal: (provider, namespace) =>
      explainAllowance(provider, { namespace, labels: input.namespaceLabels?.[namespace] ?? {} }),
  }
  return [
    ...[...catalogue.providers.values()].flatMap(({ provider, object }) =>
      onObject(object, findClusterCredentials(provider)),
    ),
    ...catalogue.policies.flatMap(({ spec, path, object, namespace }) =>
      onObject(
        object,
        referencesOf(spec, path).flatMap(reference => {
          const resolution = resolveReference(reference.ref, namespace, market)
          return resolution.kind === 'found' ? [] : [onReference(reference, resolution.message)]
        }),
      ),
    ),
  ]
}

/** Keys in Secrets are handed over by an operator. */
function findClusterCredentials({ spec }: PlacedProvider['provider']): readonly Finding[] {
  if (spec.credentials?.secretRef === undefined) return []
  return [{ path: 'spec.credentials.secretRef', message: 'not supported yet outside a cluster' }]
}

function explainAllowance(
  provider: ClusterLLMProvider,
  place: { readonly namespace: string; readonly labels: Labels },
): string | undefined {
  if (allowsNamespace(provider, place)) return undefined
  return provider.spec.allowedNamespaces.from === 'Same'
    ? 'allowedNamespaces is {from: Same}: the operator’s namespace only, and a folder has no operator'
    : 'its allowedNamespaces do not include this namespace'
}

function explainNoPolicy(catalogue: Catalogue, input: CompileInput): ResourceProblem {
  const base = { object: 'FallbackPolicy', path: '' }
  if (catalogue.policies.length === 0) return { ...base, message: 'the folder holds no FallbackPolicy' }
  const { namespace } = input
  const elsewhere = catalogue.policies.filter(
    policy => namespace !== undefined && policy.namespace !== namespace,
  )
  if (elsewhere.length === catalogue.policies.length) {
    const others = [...new Set(elsewhere.map(policy => policy.namespace))].sort().slice(0, 5).join(', ')
    return { ...base, message: `the folder holds none for namespace ${namespace}, only for ${others}` }
  }
  return { ...base, message: 'no selector matches the labels of this pod' }
}

function compileProviders(
  { spec, path, namespace }: PlacedPolicy,
  catalogue: Catalogue,
): Readonly<Record<ProviderKey, CompiledProvider>> {
  const keys = referencesOf(spec, path).map(({ ref }) => providerKey(ref.kind, namespace, ref.name))
  const placed = [...new Set(keys)].sort().flatMap(key => catalogue.providers.get(key) ?? [])
  return Object.fromEntries(placed.map(provider => [provider.key, compileProvider(provider)]))
}

function onObject(object: string, findings: readonly Finding[]): readonly ResourceProblem[] {
  return findings.map(finding => toProblem(object, finding))
}
