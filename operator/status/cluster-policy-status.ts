// What is to be said about a policy of cluster kind: its namespaces added up.
import type { PolicyVerdict, Verdict } from '../../crds/compile/compile-namespace.ts'
import type { ClusterFallbackPolicy } from '../../crds/resources/cluster-fallback-policy.ts'
import type { ResourceProblem } from '../../crds/resources/problem.ts'
import { countOf } from './plain-sentence.ts'
import { type PolicyFacts, policyStatus } from './policy-status.ts'
import type { StatusDraft } from './status-draft.ts'
import { addPolicyStandings, idlePolicy, type PolicyStanding } from './take-stock.ts'

/** One namespace that the policy selects. */
export interface SelectedNamespace {
  readonly namespace: string
  readonly verdict: PolicyVerdict
  /** Absent: it selects no pod there. */
  readonly standing?: PolicyStanding
}

export interface ClusterPolicyFacts {
  readonly generation: number
  readonly policy:
    | { readonly kind: 'ok'; readonly spec: ClusterFallbackPolicy['spec'] }
    | { readonly kind: 'refused'; readonly problems: readonly ResourceProblem[] }
  /** Sorted by name. */
  readonly namespaces: readonly SelectedNamespace[]
  readonly isDecided: boolean
}

export function clusterPolicyStatus(facts: ClusterPolicyFacts): StatusDraft {
  const { generation, policy, namespaces, isDecided } = facts
  const standing = namespaces.reduce(
    (sum, { standing: one }) => (one === undefined ? sum : addPolicyStandings(sum, one)),
    idlePolicy,
  )
  if (policy.kind === 'refused') {
    return policyStatus({
      generation,
      judgement: policy,
      standing,
      ...reachOf(undefined, namespaces),
      isDecided,
    })
  }
  const judgement = { kind: 'judged', verdict: mergeVerdicts(namespaces) } as const
  const draft = policyStatus({
    generation,
    judgement,
    standing,
    ...reachOf(policy.spec, namespaces),
    isDecided,
  })
  const { defaults, overrides } = policy.spec
  const holdsConstraintsOnly = defaults === undefined && overrides === undefined
  return holdsConstraintsOnly && judgement.verdict.accepted.isTrue ? sayConstraints(draft, namespaces) : draft
}

function reachOf(
  spec: ClusterFallbackPolicy['spec'] | undefined,
  namespaces: readonly SelectedNamespace[],
): Pick<PolicyFacts, 'meant' | 'nowhere'> {
  const parts = [spec?.defaults, spec?.overrides].flatMap(part => part ?? [])
  return {
    meant: parts.some(part => part.selector === undefined) ? 'pods with a sidecar' : 'selected pods',
    nowhere:
      namespaces.length === 0
        ? 'its namespaceSelector selects no namespace'
        : `it selects no pod in ${countOf(namespaces.length, 'namespace')}`,
  }
}

/** Constraints run in no pod: they hold wherever policies are compiled. */
function sayConstraints(draft: StatusDraft, namespaces: readonly SelectedNamespace[]): StatusDraft {
  const message = `its constraints hold in ${countOf(namespaces.length, 'namespace')}`
  return {
    ...draft,
    conditions: draft.conditions.map(condition =>
      condition.type === 'Programmed' && namespaces.length > 0
        ? { ...condition, status: 'True', reason: 'Programmed', message }
        : condition,
    ),
  }
}

/** What is wrong in one namespace is wrong, and the first of them is named. */
function mergeVerdicts(namespaces: readonly SelectedNamespace[]): PolicyVerdict {
  return {
    accepted: mergeVerdict(
      namespaces.map(({ namespace, verdict }) => ({ namespace, verdict: verdict.accepted })),
      { isTrue: true, reason: 'Accepted', message: 'the policy is valid' },
    ),
    resolvedRefs: mergeVerdict(
      namespaces.map(({ namespace, verdict }) => ({ namespace, verdict: verdict.resolvedRefs })),
      { isTrue: true, reason: 'ResolvedRefs', message: 'its references lead somewhere in every namespace' },
    ),
    warnings: namespaces.find(({ verdict }) => verdict.warnings.length > 0)?.verdict.warnings ?? [],
  }
}

function mergeVerdict<Reason extends string>(
  verdicts: readonly { readonly namespace: string; readonly verdict: Verdict<Reason> }[],
  good: Verdict<Reason>,
): Verdict<Reason> {
  const [first, ...others] = verdicts.filter(({ verdict }) => !verdict.isTrue)
  if (first === undefined) return good
  const more = others.length === 0 ? '' : `; and so in ${countOf(others.length, 'other namespace')}`
  return { ...first.verdict, message: `in namespace ${first.namespace}: ${first.verdict.message}${more}` }
}
