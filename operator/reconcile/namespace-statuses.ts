// The statuses of one namespace's own resources, from its last decision and what its pods said.
import { providerKey } from '../../crds/compile/placed.ts'
import type { ParsedResource } from '../../crds/resources/parse-resource.ts'
import { policyStatus } from '../status/policy-status.ts'
import { providerStatus } from '../status/provider-status.ts'
import type { StatusDraft } from '../status/status-draft.ts'
import { findCondition, readStoredStatus } from '../status/stored-status.ts'
import { idlePolicy, idleProvider, type NamespaceStock } from '../status/take-stock.ts'
import type { NamespaceDecision } from './decide.ts'
import type { KnownResource } from './known-resources.ts'
import type { StoredResource } from './ports.ts'
import type { StatusOffer } from './status-updates.ts'

export interface DecidedNamespace {
  readonly decision: NamespaceDecision
  readonly stock: NamespaceStock
  /** All keys that it needs have been read. */
  readonly isDecided: boolean
}

/** Resources that are newer than the decision are left out: the next decision speaks of them. */
export function namespaceStatuses(
  resources: readonly KnownResource[],
  decided: DecidedNamespace,
): readonly StatusOffer[] {
  const { parsed: judged } = decided.decision.compilation
  return resources.flatMap(({ stored, parsed }) => {
    if (!judged.has(parsed)) return []
    const draft =
      stored.kind === 'FallbackPolicy'
        ? draftPolicy(stored, parsed, decided)
        : draftProvider(stored, parsed, decided)
    return draft === undefined ? [] : [{ stored, draft }]
  })
}

export function healthBefore(stored: StoredResource): { readonly healthBefore?: string } {
  const reason = findCondition(readStoredStatus(stored.status), 'Healthy')?.reason
  return reason === undefined ? {} : { healthBefore: reason }
}

function draftPolicy(
  { namespace, name, generation }: StoredResource,
  parsed: ParsedResource,
  { decision, stock, isDecided }: DecidedNamespace,
): StatusDraft | undefined {
  const id = `${namespace}/${name}`
  const standing = stock.policies.get(id) ?? idlePolicy
  if (parsed.kind === 'refused') {
    const judgement = { kind: 'refused', problems: parsed.problems } as const
    return policyStatus({ generation, judgement, standing, meant: 'selected pods', nowhere: '', isDecided })
  }
  const verdict = decision.compilation.compiled.policies.get(id)
  if (verdict === undefined || parsed.resource.kind !== 'FallbackPolicy') return undefined
  const selectsAll = parsed.resource.spec.selector === undefined
  return policyStatus({
    generation,
    judgement: { kind: 'judged', verdict },
    standing,
    meant: selectsAll ? 'pods with a sidecar' : 'selected pods',
    nowhere: selectsAll
      ? `there is no pod in namespace ${namespace}`
      : `spec.selector: no pod in namespace ${namespace} has these labels`,
    isDecided,
  })
}

function draftProvider(
  stored: StoredResource,
  parsed: ParsedResource,
  { decision, stock, isDecided }: DecidedNamespace,
): StatusDraft | undefined {
  const { namespace, name, generation } = stored
  const key = providerKey('LLMProvider', namespace, name)
  const facts = {
    generation,
    standing: stock.providers.get(key) ?? idleProvider,
    ...healthBefore(stored),
    isDecided,
  }
  if (parsed.kind === 'refused') {
    return providerStatus({ ...facts, judgement: { kind: 'refused', problems: parsed.problems } })
  }
  const verdict = decision.compilation.compiled.providers.get(key)
  if (verdict === undefined) return undefined
  return providerStatus({ ...facts, judgement: { kind: 'judged', resolvedRefs: verdict.resolvedRefs } })
}
