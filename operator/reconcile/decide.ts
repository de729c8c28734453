// From what was gathered to what each pod of the namespace runs. Pure: secrets are asked about through a function.
import {
  type CompiledNamespace,
  compileNamespace,
  type SecretState,
} from '../../crds/compile/compile-namespace.ts'
import { providerKey } from '../../crds/compile/placed.ts'
import type { ParsedResource } from '../../crds/resources/parse-resource.ts'
import type { ProviderKey, SecretId } from '../../crds/snapshot/policy-snapshot.ts'
import type { PlacedPod } from '../status/take-stock.ts'
import type { GatheredNamespace } from './gather.ts'
import type { KnownResource } from './known-resources.ts'

export interface NamespaceDecision {
  readonly namespace: string
  readonly compilation: Compilation
  readonly placed: readonly PlacedPod[]
}

/** A result of the compiler with all that it was made from. */
export interface Compilation {
  readonly compiled: CompiledNamespace
  readonly labels: GatheredNamespace['labels']
  readonly parsed: ReadonlySet<ParsedResource>
  /** Every key that was asked about, with the answer it was compiled by. */
  readonly secretStates: ReadonlyMap<SecretId, SecretState>
}

export interface DecisionContext {
  readonly operatorNamespace: string
  readonly secretState: (id: SecretId) => SecretState
  /** Of the run before; used again when nothing that it was made from has changed. */
  readonly before: Compilation | undefined
}

export function decideNamespace(gathered: GatheredNamespace, context: DecisionContext): NamespaceDecision {
  const { before } = context
  const compilation =
    before !== undefined && stillHolds(before, gathered, context) ? before : compile(gathered, context)
  const { compiled } = compilation
  return {
    namespace: gathered.namespace,
    compilation,
    placed: gathered.pods.map(pod => ({ pod, selection: compiled.classFor(pod.labels) })),
  }
}

function stillHolds(
  before: Compilation,
  { labels, resources }: GatheredNamespace,
  { secretState }: DecisionContext,
): boolean {
  return (
    before.parsed.size === resources.length &&
    resources.every(({ parsed }) => before.parsed.has(parsed)) &&
    sameLabels(before.labels, labels) &&
    [...before.secretStates].every(([id, state]) => secretState(id) === state)
  )
}

function compile(
  { namespace, labels, resources }: GatheredNamespace,
  { operatorNamespace, secretState }: DecisionContext,
): Compilation {
  const secretStates = new Map<SecretId, SecretState>()
  const compiled = compileNamespace({
    namespace,
    resources: resources.flatMap(({ parsed }) => (parsed.kind === 'ok' ? [parsed.resource] : [])),
    namespaceLabels: labels,
    operatorNamespace,
    invalidProviders: new Set(resources.flatMap(refusedProvider)),
    // One compilation is of one mind about a key, however late it asks.
    secretState: id => {
      const state = secretStates.get(id) ?? secretState(id)
      secretStates.set(id, state)
      return state
    },
  })
  return { compiled, labels, parsed: new Set(resources.map(({ parsed }) => parsed)), secretStates }
}

function refusedProvider({ stored, parsed }: KnownResource): readonly ProviderKey[] {
  if (parsed.kind === 'ok') return []
  const { kind, namespace, name } = stored
  return kind === 'LLMProvider' || kind === 'ClusterLLMProvider' ? [providerKey(kind, namespace, name)] : []
}

/** Whether two sets of labels are the same, in whichever order they were written. */
export function sameLabels(
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): boolean {
  if (one === other) return true
  const keys = Object.keys(one)
  return keys.length === Object.keys(other).length && keys.every(key => one[key] === other[key])
}
