// What kubectl prints beside "created": allowed, but worth a second look. The list is the table of contents.
import { openProviderDesk } from '../../crds/compile/check-providers.ts'
import { placeProvider } from '../../crds/compile/placed.ts'
import { findConstraintViolations, reviewPolicy } from '../../crds/compile/review-policy.ts'
import type { ClusterFallbackPolicy } from '../../crds/resources/cluster-fallback-policy.ts'
import { adviseEndpoint } from '../../crds/resources/endpoint-advice.ts'
import { formatWithin } from '../../crds/resources/problem.ts'
import type { Candidate } from './admission-rules.ts'
import type { ClusterView } from './cluster-view.ts'
import { explainBundle } from './read-bundle.ts'

export type Advice = (candidate: Candidate, cluster: ClusterView) => readonly string[]

export const admissionAdvice: readonly Advice[] = [
  policyCanRun,
  clusterPolicySelectsSomething,
  clusterPolicyCanRun,
  existingPoliciesKeepToConstraints,
  keyCanBeRead,
  certificatesCanBeRead,
  endpointIsBaseUrl,
]

/** References that lead nowhere yet, and what the compiler makes of the chain. */
function policyCanRun({ resource, namespace }: Candidate, cluster: ClusterView): readonly string[] {
  if (resource.kind !== 'FallbackPolicy') return []
  const { unresolved, warnings } = reviewPolicy(resource, cluster.surroundings(namespace))
  return [...unresolved, ...warnings].map(formatWithin)
}

function clusterPolicySelectsSomething({ resource }: Candidate, cluster: ClusterView): readonly string[] {
  if (resource.kind !== 'ClusterFallbackPolicy' || resource.spec.namespaceSelector === undefined) return []
  if (cluster.selectedNamespaces(resource).length > 0) return []
  return ['spec.namespaceSelector: selects none of the namespaces that there are']
}

/** Namespaces differ in their providers only: a few of them show what there is to show. */
const mostNamespaces = 20

function clusterPolicyCanRun({ resource }: Candidate, cluster: ClusterView): readonly string[] {
  if (resource.kind !== 'ClusterFallbackPolicy') return []
  return cluster
    .selectedNamespaces(resource)
    .slice(0, mostNamespaces)
    .flatMap(namespace => {
      const { unresolved, warnings } = reviewPolicy(resource, cluster.surroundings(namespace))
      return [...unresolved, ...warnings].map(formatWithin)
    })
}

const mostNamed = 5

/** They are not refused in hindsight, but they run no longer. */
function existingPoliciesKeepToConstraints({ resource }: Candidate, cluster: ClusterView): readonly string[] {
  if (resource.kind !== 'ClusterFallbackPolicy' || resource.spec.constraints === undefined) return []
  const broken = listBroken(resource, cluster)
  const named = broken.slice(0, mostNamed).map(name => `spec.constraints: FallbackPolicy ${name} breaks them`)
  const rest = broken.length - named.length
  return rest > 0 ? [...named, `spec.constraints: and ${rest} more policies break them`] : named
}

function listBroken(policy: ClusterFallbackPolicy, cluster: ClusterView): readonly string[] {
  return cluster.selectedNamespaces(policy).flatMap(namespace => {
    const around = cluster.surroundings(namespace)
    // What others forbid was there before.
    const others = around.resources.filter(({ kind }) => kind !== 'ClusterFallbackPolicy')
    const input = { ...around, resources: [...others, policy] }
    return cluster
      .policiesIn(namespace)
      .filter(existing => findConstraintViolations(existing, input).length > 0)
      .map(({ metadata }) => `${namespace}/${metadata.name}`)
  })
}

function keyCanBeRead({ resource, namespace }: Candidate, cluster: ClusterView): readonly string[] {
  if (resource.kind !== 'LLMProvider' && resource.kind !== 'ClusterLLMProvider') return []
  const input = cluster.surroundings(namespace)
  const placed = placeProvider(resource, { namespace, operatorNamespace: input.operatorNamespace })
  const { resolvedRefs } = openProviderDesk(new Map(), input).verdictOf(placed)
  return resolvedRefs.isTrue ? [] : [resolvedRefs.message]
}

/** Nobody but the sidecar would find out, call by call. */
function certificatesCanBeRead({ resource }: Candidate): readonly string[] {
  if (resource.kind !== 'LLMProvider' && resource.kind !== 'ClusterLLMProvider') return []
  const bundle = resource.spec.tls?.caBundle
  const problem = bundle === undefined ? undefined : explainBundle(bundle)
  return problem === undefined ? [] : [`spec.tls.caBundle: ${problem}: put whole PEM certificates`]
}

function endpointIsBaseUrl({ resource }: Candidate): readonly string[] {
  if (resource.kind !== 'LLMProvider' && resource.kind !== 'ClusterLLMProvider') return []
  const { endpoint } = resource.spec
  const advice = endpoint === undefined ? undefined : adviseEndpoint(endpoint)
  return advice === undefined ? [] : [`spec.endpoint: ${advice}`]
}
