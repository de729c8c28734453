// Compiled snapshots for tests of what comes after the compiler: a policy over two providers whose keys are pushed.
import { snapshotDigest } from '../../crds/snapshot/digest.ts'
import type {
  CompiledProvider,
  CompiledRoute,
  CompiledStep,
  PolicySnapshot,
} from '../../crds/snapshot/policy-snapshot.ts'
import { provider, route, target } from './policy-kit.ts'

/** @param names and base URLs of providers; the key of each is `test/keys/<name>`. */
export function pushedProviders(names: Readonly<Record<string, string>>): readonly CompiledProvider[] {
  return Object.entries(names).map(([name, endpoint]) => ({
    ...provider(name),
    endpoint: `${endpoint}/v1`,
    credentials: { kind: 'secret', id: secretOf(name) },
  }))
}

export function secretOf(name: string): string {
  return `test/keys/${name}`
}

/** A snapshot of one policy with one route for every model; `generation` tells edits apart. */
export function snapshotOf(
  chain: readonly CompiledStep[],
  providers: readonly CompiledProvider[] = [],
  more: { readonly generation?: number; readonly route?: Partial<CompiledRoute> } = {},
): PolicySnapshot {
  const { generation = 1 } = more
  const content = {
    version: 1 as const,
    policies: [
      {
        namespace: 'test',
        name: 'pushed',
        identity: `pushed@${generation}`,
        mode: 'Enforce' as const,
        routes: [route(chain, { match: {}, ...more.route })],
      },
    ],
    providers: Object.fromEntries(providers.map(each => [each.key, each])),
  }
  return { ...content, digest: snapshotDigest(content) }
}

/** A target step that never retries and whose breaker stays closed. */
export function plainTarget(name: string, hop: number): CompiledStep {
  return target(name, hop, { circuitBreaker: { failures: 100, windowMs: 30_000, openForMs: 60_000 } })
}

/** A chain of one fixed answer. */
export function manualChain(text: string): readonly CompiledStep[] {
  return [{ kind: 'manual', name: 'floor', hop: 0, when: [], text, status: 200 }]
}
