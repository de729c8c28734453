// The statuses of resources of cluster kinds: all namespaces added up.
import { openProviderDesk } from '../../crds/compile/check-providers.ts'
import { secretIdOf } from '../../crds/compile/compile-provider.ts'
import { placeProvider, providerKey } from '../../crds/compile/placed.ts'
import type { ParsedResource } from '../../crds/resources/parse-resource.ts'
import type { SecretId } from '../../crds/snapshot/policy-snapshot.ts'
import { clusterPolicyStatus } from '../status/cluster-policy-status.ts'
import { providerStatus } from '../status/provider-status.ts'
import type { StatusDraft } from '../status/status-draft.ts'
import { addProviderStandings, idleProvider } from '../status/take-stock.ts'
import type { KnownResource } from './known-resources.ts'
import { type DecidedNamespace, healthBefore } from './namespace-statuses.ts'
import type { StoredResource } from './ports.ts'
import type { SecretStates } from './secret-states.ts'
import type { StatusOffer } from './status-updates.ts'

export interface DecidedCluster {
  /** Every namespace, sorted by name. */
  readonly namespaces: readonly DecidedNamespace[]
  readonly operatorNamespace: string
  readonly secrets: Pick<SecretStates, 'stateOf'>
}

/** A resource that one namespace has not been decided by is left out: that decision is on its way. */
export function clusterStatuses(
  resources: readonly KnownResource[],
  cluster: DecidedCluster,
): readonly StatusOffer[] {
  return resources.flatMap(({ stored, parsed }) => {
    const isJudged = cluster.namespaces.every(({ decision }) => decision.compilation.parsed.has(parsed))
    if (!isJudged) return []
    const draft =
      stored.kind === 'ClusterFallbackPolicy'
        ? draftPolicy(stored, parsed, cluster)
        : draftProvider(stored, parsed, cluster)
    return draft === undefined ? [] : [{ stored, draft }]
  })
}

function draftPolicy(
  { name, generation }: StoredResource,
  parsed: ParsedResource,
  cluster: DecidedCluster,
): StatusDraft | undefined {
  if (parsed.kind === 'refused') {
    return clusterPolicyStatus({ generation, policy: parsed, namespaces: [], isDecided: true })
  }
  if (parsed.resource.kind !== 'ClusterFallbackPolicy') return undefined
  const id = `cluster/${name}`
  const selected = cluster.namespaces.flatMap(({ decision, stock, isDecided }) => {
    const verdict = decision.compilation.compiled.policies.get(id)
    if (verdict === undefined) return []
    const standing = stock.policies.get(id)
    const base = { namespace: decision.namespace, verdict, isDecided }
    return [standing === undefined ? base : { ...base, standing }]
  })
  return clusterPolicyStatus({
    generation,
    policy: { kind: 'ok', spec: parsed.resource.spec },
    namespaces: selected,
    isDecided: selected.every(({ isDecided }) => isDecided),
  })
}

function draftProvider(
  stored: StoredResource,
  parsed: ParsedResource,
  { namespaces, operatorNamespace, secrets }: DecidedCluster,
): StatusDraft | undefined {
  const key = providerKey('ClusterLLMProvider', '', stored.name)
  const standing = namespaces.reduce((sum, { stock }) => {
    const one = stock.providers.get(key)
    return one === undefined ? sum : addProviderStandings(sum, one)
  }, idleProvider)
  const facts = { generation: stored.generation, standing, ...healthBefore(stored) }
  if (parsed.kind === 'refused') {
    const judgement = { kind: 'refused', problems: parsed.problems } as const
    return providerStatus({ ...facts, judgement, isDecided: true })
  }
  if (parsed.resource.kind !== 'ClusterLLMProvider') return undefined
  const placed = placeProvider(parsed.resource, { namespace: '', operatorNamespace })
  const secret = secretIdOf(placed)
  const desk = openProviderDesk(new Map(), {
    namespace: '',
    resources: [],
    namespaceLabels: {},
    operatorNamespace,
    secretState: id => settle(secrets.stateOf(id)),
  })
  return providerStatus({
    ...facts,
    judgement: { kind: 'judged', resolvedRefs: desk.verdictOf(placed).resolvedRefs },
    isDecided: secret === undefined || isRead(secret, secrets),
  })
}

function isRead(id: SecretId, secrets: Pick<SecretStates, 'stateOf'>): boolean {
  return secrets.stateOf(id) !== 'waiting'
}

function settle(state: ReturnType<SecretStates['stateOf']>) {
  return state === 'waiting' ? 'found' : state
}
