// What can be said about a policy before it is stored, in the surroundings that it would meet.
import type { ClusterFallbackPolicy } from '../resources/cluster-fallback-policy.ts'
import type { FallbackPolicy } from '../resources/fallback-policy.ts'
import type { ResourceProblem } from '../resources/problem.ts'
import type { Resource } from '../resources/resource.ts'
import { openProviderDesk } from './check-providers.ts'
import type { NamespaceInput } from './compile-namespace.ts'
import {
  type Bench,
  compilePart,
  findUnresolved,
  findViolations,
  type UnresolvedReference,
  warningsOf,
} from './judge-policy.ts'
import type { PlacedPolicy } from './placed.ts'
import { constraintsOf, placeParts, readNamespace } from './read-namespace.ts'

export interface PolicyReview {
  /** Constraints in force that it breaks: a reason to refuse it. */
  readonly violations: readonly ResourceProblem[]
  /** Providers that cannot be asked yet, with the reason: a warning, since objects are applied in any order. */
  readonly unresolved: readonly UnresolvedReference[]
  /** What is allowed but hardly meant. */
  readonly warnings: readonly ResourceProblem[]
}

/**
 * Reviews a policy as pods of `input.namespace` would run it. It need not be among `input.resources`; one of the same name
 * that is there is taken to be its predecessor. A cluster policy that does not select the namespace has nothing to answer for.
 */
export function reviewPolicy(
  policy: FallbackPolicy | ClusterFallbackPolicy,
  input: NamespaceInput,
): PolicyReview {
  const { parts, bench } = prepare(policy, input)
  return {
    violations: parts.flatMap(placed => findViolations(placed, bench)),
    unresolved: parts.flatMap(placed => findUnresolved(placed, bench.desk)),
    warnings: parts.flatMap(placed => warningsOf(compilePart(placed, bench.desk))),
  }
}

/** The violations of a review alone. */
export function findConstraintViolations(
  policy: FallbackPolicy | ClusterFallbackPolicy,
  input: NamespaceInput,
): readonly ResourceProblem[] {
  const { parts, bench } = prepare(policy, input)
  return parts.flatMap(placed => findViolations(placed, bench))
}

function prepare(
  policy: FallbackPolicy | ClusterFallbackPolicy,
  input: NamespaceInput,
): { readonly parts: readonly PlacedPolicy[]; readonly bench: Bench } {
  const resources = [...input.resources.filter(resource => !isPredecessor(resource, policy)), policy]
  const contents = readNamespace({ ...input, resources })
  const isThere = policy.kind === 'FallbackPolicy' || contents.clusterPolicies.includes(policy)
  return {
    parts: isThere ? placeParts(policy, input.namespace) : [],
    bench: {
      desk: openProviderDesk(contents.providers, input),
      constraints: constraintsOf(contents.clusterPolicies),
    },
  }
}

/** Only cluster policies bear upon others: of a namespaced one it is all the same whether it is there. */
function isPredecessor(resource: Resource, policy: FallbackPolicy | ClusterFallbackPolicy): boolean {
  return (
    resource.kind === 'ClusterFallbackPolicy' &&
    policy.kind === resource.kind &&
    resource.metadata.name === policy.metadata.name
  )
}
