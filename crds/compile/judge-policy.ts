// One policy of a namespace: whether it may run, what it refers to, and what it compiles to.
import { findBrokenConstraints } from '../resources/find-broken-constraints.ts'
import { referencesOf } from '../resources/policy-references.ts'
import { formatWithin, type ResourceProblem, toProblem } from '../resources/problem.ts'
import type {
  CompiledPolicy,
  CompiledProvider,
  ProviderKey,
  UnresolvedReason,
} from '../snapshot/policy-snapshot.ts'
import { findWarnings } from './chain-warnings.ts'
import type { ProviderDesk } from './check-providers.ts'
import type { PolicyVerdict } from './compile-namespace.ts'
import { compilePolicy } from './compile-policy.ts'
import { type PlacedPolicy, providerKey } from './placed.ts'
import type { ConstraintsInForce } from './read-namespace.ts'
import { onReference } from './resolve-provider.ts'

/** A policy that pods may run. */
export interface RunnablePolicy {
  readonly placed: PlacedPolicy
  readonly compiled: CompiledPolicy
  /** Providers that it names, as far as they can be part of a snapshot. */
  readonly providers: ReadonlyMap<ProviderKey, CompiledProvider>
}

export interface JudgedPolicy {
  readonly verdict: PolicyVerdict
  /** Empty when the policy is not accepted. */
  readonly runnable: ReadonlyMap<PlacedPolicy, RunnablePolicy>
}

export interface Bench {
  readonly desk: ProviderDesk
  readonly constraints: readonly ConstraintsInForce[]
}

/**
 * @param parts the policies of one resource: one, both parts of a cluster policy, or none when it holds constraints only. A
 * part that breaks a constraint takes the other one with it: a resource is accepted whole or not at all.
 */
export function judgePolicy(parts: readonly PlacedPolicy[], bench: Bench): JudgedPolicy {
  const broken = parts.flatMap(placed => findViolations(placed, bench))
  const unresolved = parts.flatMap(placed => findUnresolved(placed, bench.desk))
  const compiled = parts.map(placed => compilePart(placed, bench.desk))
  const verdict: PolicyVerdict = {
    accepted:
      broken.length === 0
        ? { isTrue: true, reason: 'Accepted', message: 'accepted' }
        : { isTrue: false, reason: 'ConstraintViolated', message: tell(broken) },
    resolvedRefs: judgeReferences(unresolved),
    warnings: compiled.flatMap(warningsOf),
  }
  const runnable = broken.length === 0 ? compiled : []
  return { verdict, runnable: new Map(runnable.map(policy => [policy.placed, policy])) }
}

/** What a policy breaks of the constraints in force. Of a provider that it may not use nothing is told, its region neither. */
export function findViolations(
  placed: PlacedPolicy,
  { desk, constraints }: Bench,
): readonly ResourceProblem[] {
  return constraints.flatMap(({ constraints, owner }) =>
    findBrokenConstraints(placed.spec, {
      path: placed.path,
      constraints,
      owner,
      findProvider: ref => desk.check(ref).compiled,
    }).map(finding => toProblem(placed.object, finding)),
  )
}

export interface UnresolvedReference extends ResourceProblem {
  readonly reason: UnresolvedReason
}

/** References that lead to nothing that can be asked, in the order in which they are written. */
export function findUnresolved(placed: PlacedPolicy, desk: ProviderDesk): readonly UnresolvedReference[] {
  return referencesOf(placed.spec, placed.path).flatMap(reference => {
    const { obstacle } = desk.check(reference.ref)
    if (obstacle === undefined) return []
    const problem = toProblem(placed.object, onReference(reference, obstacle.message))
    return [{ ...problem, reason: obstacle.reason }]
  })
}

function judgeReferences(unresolved: readonly UnresolvedReference[]): PolicyVerdict['resolvedRefs'] {
  const [first] = unresolved
  if (first === undefined) {
    return { isTrue: true, reason: 'ResolvedRefs', message: 'every provider that it names can be asked' }
  }
  return { isTrue: false, reason: first.reason, message: tell(unresolved) }
}

export function compilePart(placed: PlacedPolicy, desk: ProviderDesk): RunnablePolicy {
  const { spec, path, namespace } = placed
  const providers = new Map<ProviderKey, CompiledProvider>()
  for (const { ref } of referencesOf(spec, path)) {
    const { compiled } = desk.check(ref)
    if (compiled !== undefined) providers.set(providerKey(ref.kind, namespace, ref.name), compiled)
  }
  return { placed, compiled: compilePolicy(placed, desk), providers }
}

export function warningsOf({ placed, compiled, providers }: RunnablePolicy): readonly ResourceProblem[] {
  return findWarnings(compiled, Object.fromEntries(providers), placed.path).map(finding =>
    toProblem(placed.object, finding),
  )
}

const mostTold = 3

/** One sentence; the rest is counted. */
function tell(problems: readonly ResourceProblem[]): string {
  const rest = problems.length - mostTold
  const told = problems.slice(0, mostTold).map(formatWithin).join('; ')
  return rest > 0 ? `${told}; and ${rest} more` : told
}
