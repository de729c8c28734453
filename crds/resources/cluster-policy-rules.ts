// What a ClusterFallbackPolicy must obey beyond its shape. The list is the table of contents.
import type { ClusterFallbackPolicy } from './cluster-fallback-policy.ts'
import { findBrokenConstraints } from './find-broken-constraints.ts'
import { judgePolicySpec } from './policy-rules.ts'
import type { Finding } from './problem.ts'

export type ClusterPolicyRule = (policy: ClusterFallbackPolicy) => readonly Finding[]

export const clusterPolicyRules: readonly ClusterPolicyRule[] = [
  specsAreGoodPolicies,
  specsKeepToTheirOwnConstraints,
]

/** The two places of a cluster policy in which a whole policy may stand. */
export const clusterPolicyParts = ['overrides', 'defaults'] as const

function specsAreGoodPolicies({ spec }: ClusterFallbackPolicy): readonly Finding[] {
  return clusterPolicyParts.flatMap(part => {
    const policy = spec[part]
    return policy === undefined ? [] : judgePolicySpec(policy, `spec.${part}`)
  })
}

/** As far as the object alone shows it: regions are known to providers only. */
function specsKeepToTheirOwnConstraints({ spec }: ClusterFallbackPolicy): readonly Finding[] {
  const { constraints } = spec
  if (constraints === undefined) return []
  return clusterPolicyParts.flatMap(part => {
    const policy = spec[part]
    if (policy === undefined) return []
    return findBrokenConstraints(policy, { path: `spec.${part}`, constraints, owner: 'spec.constraints' })
  })
}
