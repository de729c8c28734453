// Why a policy is refused although it is well-formed. The list is the table of contents, in the order in which it is asked.
import { findConstraintViolations } from '../../crds/compile/review-policy.ts'
import type { ClusterFallbackPolicy } from '../../crds/resources/cluster-fallback-policy.ts'
import type { FallbackPolicy } from '../../crds/resources/fallback-policy.ts'
import type { ResourceProblem } from '../../crds/resources/problem.ts'
import type { Resource } from '../../crds/resources/resource.ts'
import type { AdmissionVerdict } from './admission-review.ts'
import type { ClusterView } from './cluster-view.ts'
import { toCauses } from './refusal-causes.ts'

/** A resource that is well-formed and about to be stored. */
export interface Candidate {
  readonly resource: Resource
  /** Where it is going to be; empty for cluster kinds. */
  readonly namespace: string
}

type Refusal = Extract<AdmissionVerdict, { kind: 'refused' }>

/** Undefined: nothing against it. */
export type AdmissionRule = (candidate: Candidate, cluster: ClusterView) => Refusal | undefined

export const admissionRules: readonly AdmissionRule[] = [
  clusterIsKnown,
  policyKeepsToConstraints,
  clusterPolicyKeepsToConstraints,
]

/** Without the cluster policies nobody can say whether a policy keeps to them: the answer must not be a guess. */
function clusterIsKnown({ resource }: Candidate, cluster: ClusterView): Refusal | undefined {
  const dependsOnOthers = resource.kind === 'FallbackPolicy' || resource.kind === 'ClusterFallbackPolicy'
  if (!dependsOnOthers || cluster.hasSynced()) return undefined
  const message = 'the operator has just started and has not read the cluster yet: try again in a few seconds'
  return { kind: 'refused', reason: 'ServiceUnavailable', causes: [{ path: '', message }], warnings: [] }
}

function policyKeepsToConstraints(
  { resource, namespace }: Candidate,
  cluster: ClusterView,
): Refusal | undefined {
  if (resource.kind !== 'FallbackPolicy') return undefined
  return refuse(findViolations(resource, namespace, cluster))
}

/** Its defaults and overrides are policies of every namespace that it selects. One namespace is enough to refuse it. */
function clusterPolicyKeepsToConstraints({ resource }: Candidate, cluster: ClusterView): Refusal | undefined {
  if (resource.kind !== 'ClusterFallbackPolicy') return undefined
  for (const namespace of cluster.selectedNamespaces(resource)) {
    const refusal = refuse(findViolations(resource, namespace, cluster))
    if (refusal !== undefined) return refusal
  }
  return undefined
}

function findViolations(
  policy: FallbackPolicy | ClusterFallbackPolicy,
  namespace: string,
  cluster: ClusterView,
): readonly ResourceProblem[] {
  return findConstraintViolations(policy, cluster.surroundings(namespace))
}

function refuse(violations: readonly ResourceProblem[]): Refusal | undefined {
  if (violations.length === 0) return undefined
  return { kind: 'refused', reason: 'Invalid', causes: toCauses(violations), warnings: [] }
}
