// Resources in, snapshot out. Pure: no file, no clock, no network; equal resources in any order give an equal digest.
import { type Finding, type ResourceProblem, toProblem } from '../resources/problem.ts'
import { snapshotDigest } from '../snapshot/digest.ts'
import {
  type CompiledPolicy,
  type CompiledProvider,
  type PolicySnapshot,
  type ProviderKey,
  snapshotVersion,
} from '../snapshot/policy-snapshot.ts'
import {
  type Catalogue,
  type CompileInput,
  type PlacedPolicy,
  type PlacedProvider,
  providerKey,
  readCatalogue,
} from './catalogue.ts'
import { findWarnings } from './chain-warnings.ts'
import { compilePolicy } from './compile-policy.ts'
import { compileProvider, findModelFacts, findUnbuiltCredentials } from './compile-provider.ts'
import { explainReference, referencesOf } from './resolve-provider.ts'
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

/** Compiles what one pod runs. Resources must come from `parseResource`. */
export function compile(input: CompileInput): CompileResult {
  const catalogue = readCatalogue(input)
  const { winner, losers } = selectPolicy(catalogue.policies, input)
  const problems = [
    ...catalogue.problems,
    ...findProblems(winner, { catalogue, input }),
    ...(winner === undefined && input.environment === 'folder' ? [explainNoPolicy(catalogue, input)] : []),
  ]
  if (problems.length > 0) return { kind: 'refused', problems, warnings: [] }
  if (winner === undefined) {
    return { kind: 'compiled', snapshot: assemble([], {}), warnings: [], losers: [] }
  }
  const providers = compileProviders(winner, catalogue)
  const policy = compilePolicy(winner, {
    environment: input.environment,
    findModel: (key, model) => {
      const placed = catalogue.providers.get(key)
      return placed === undefined ? undefined : findModelFacts(placed.provider.spec, model)
    },
  })
  return {
    kind: 'compiled',
    snapshot: assemble([policy], providers),
    warnings: findWarnings(policy, providers).map(finding => toProblem(winner.object, finding)),
    losers: losers.map(loser => ({ policy: loser.id, winner: winner.id })),
  }
}

interface Surroundings {
  readonly catalogue: Catalogue
  readonly input: CompileInput
}

/** A folder is judged whole, since somebody wrote it as a whole; in a cluster a bad object excludes itself alone. */
function findProblems(
  winner: PlacedPolicy | undefined,
  surroundings: Surroundings,
): readonly ResourceProblem[] {
  const { catalogue, input } = surroundings
  const isFolder = input.environment === 'folder'
  const policies = isFolder ? catalogue.policies : winner === undefined ? [] : [winner]
  const providers = isFolder
    ? [...catalogue.providers.values()]
    : policies.flatMap(policy => providersOf(policy, catalogue))
  return [
    ...providers.flatMap(provider =>
      onObject(provider.object, findUnbuiltCredentials(provider, input.environment)),
    ),
    ...policies.flatMap(policy =>
      onObject(
        policy.object,
        referencesOf(policy).flatMap(
          reference => explainReference(reference, policy.namespace, surroundings) ?? [],
        ),
      ),
    ),
  ]
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

/** Providers that a policy uses, each once, by key. */
function providersOf(policy: PlacedPolicy, catalogue: Catalogue): readonly PlacedProvider[] {
  const keys = new Set(
    referencesOf(policy).map(({ ref }) => providerKey(ref.kind, policy.namespace, ref.name)),
  )
  return [...keys].sort().flatMap(key => catalogue.providers.get(key) ?? [])
}

function compileProviders(
  policy: PlacedPolicy,
  catalogue: Catalogue,
): Readonly<Record<ProviderKey, CompiledProvider>> {
  return Object.fromEntries(
    providersOf(policy, catalogue).map(placed => [placed.key, compileProvider(placed)]),
  )
}

function assemble(
  policies: readonly CompiledPolicy[],
  providers: Readonly<Record<ProviderKey, CompiledProvider>>,
): PolicySnapshot {
  const content = { version: snapshotVersion, policies, providers } as const
  return { ...content, digest: snapshotDigest(content) }
}

function onObject(object: string, findings: readonly Finding[]): readonly ResourceProblem[] {
  return findings.map(finding => toProblem(object, finding))
}
