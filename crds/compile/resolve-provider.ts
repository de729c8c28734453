// From a reference in a policy to the provider that it names, if that one exists and lets the namespace in.
import { selectsLabels } from '../resources/label-selector.ts'
import { suggestion } from '../resources/near-miss.ts'
import type { ProviderRef } from '../resources/policy-step.ts'
import type { Finding } from '../resources/problem.ts'
import { assertNever } from '../vocabulary.ts'
import {
  type Catalogue,
  type CompileInput,
  type PlacedPolicy,
  type PlacedProvider,
  providerKey,
} from './catalogue.ts'

export interface Reference {
  /** Path of the `providerRef`. */
  readonly path: string
  readonly ref: ProviderRef
}

/** Every reference of a policy, in the order in which they are written. */
export function referencesOf({ policy }: PlacedPolicy): readonly Reference[] {
  const { passThrough, routes } = policy.spec
  const ofSteps = routes.flatMap((route, routeIndex) =>
    route.chain.flatMap((step, stepIndex) =>
      step.target === undefined
        ? []
        : [
            {
              path: `spec.routes[${routeIndex}].chain[${stepIndex}].target.providerRef`,
              ref: step.target.providerRef,
            },
          ],
    ),
  )
  return passThrough === undefined
    ? ofSteps
    : [{ path: 'spec.passThrough.providerRef', ref: passThrough.providerRef }, ...ofSteps]
}

/** What is wrong with a reference; undefined when it leads to a provider that may be used. */
export function explainReference(
  { path, ref }: Reference,
  namespace: string,
  context: { readonly catalogue: Catalogue; readonly input: CompileInput },
): Finding | undefined {
  const { catalogue, input } = context
  const placed = catalogue.providers.get(providerKey(ref.kind, namespace, ref.name))
  if (placed === undefined) {
    return { path: `${path}.name`, message: explainMissing(ref, namespace, catalogue), value: ref.name }
  }
  const refusal = explainNamespace(placed, namespace, input)
  return refusal === undefined ? undefined : { path: `${path}.name`, message: refusal, value: ref.name }
}

function explainMissing(ref: ProviderRef, namespace: string, catalogue: Catalogue): string {
  const isCluster = ref.kind === 'ClusterLLMProvider'
  const otherKind = isCluster ? 'LLMProvider' : 'ClusterLLMProvider'
  const where = isCluster ? '' : ` in namespace ${namespace}`
  if (catalogue.providers.has(providerKey(otherKind, namespace, ref.name))) {
    return `there is no ${ref.kind} of this name${where}, but a ${otherKind}: set providerRef.kind`
  }
  const providers = [...catalogue.providers.values()]
  const candidates = providers
    .filter(({ key, provider }) => key === providerKey(ref.kind, namespace, provider.metadata.name))
    .map(({ provider }) => provider.metadata.name)
  const isElsewhere = providers.some(
    ({ provider }) => provider.kind === ref.kind && provider.metadata.name === ref.name,
  )
  const hint = isElsewhere
    ? '; the one of another namespace cannot be used'
    : suggestion(ref.name, candidates)
  return `there is no ${ref.kind} of this name${where}${hint}`
}

function explainNamespace(
  { provider }: PlacedProvider,
  namespace: string,
  input: CompileInput,
): string | undefined {
  if (provider.kind === 'LLMProvider') return undefined
  const { from, selector } = provider.spec.allowedNamespaces
  switch (from) {
    case 'All':
      return undefined
    case 'Same':
      if (input.operatorNamespace === namespace) return undefined
      return input.environment === 'folder'
        ? 'allowedNamespaces is {from: Same}: the operator’s namespace only, and a folder has no operator'
        : 'its allowedNamespaces do not include this namespace'
    case 'Selector': {
      const labels = { ...input.namespaceLabels?.[namespace], 'kubernetes.io/metadata.name': namespace }
      const isAllowed = selector !== undefined && selectsLabels(selector, labels)
      return isAllowed ? undefined : 'its allowedNamespaces do not include this namespace'
    }
    default:
      return assertNever(from)
  }
}
