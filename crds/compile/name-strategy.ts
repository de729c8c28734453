// What telemetry calls a chain: the named strategies that it is made of.
import type { CompiledStep, CompiledTargetStep } from '../snapshot/policy-snapshot.ts'

interface Strategy {
  readonly name: string
  readonly isPartOf: (chain: readonly CompiledStep[]) => boolean
}

/** In the order in which a composed name lists them. */
const strategies: readonly Strategy[] = [
  { name: 'retry-then-fallback', isPartOf: retriesBeforeMovingOn },
  { name: 'model-downgrade', isPartOf: staysAtProviderWithOtherModel },
  { name: 'provider-rotation', isPartOf: movesToOtherProvider },
  { name: 'cache-on-failure', isPartOf: chain => chain.some(step => step.kind === 'cache') },
  { name: 'manual-route', isPartOf: chain => chain.some(step => step.kind === 'manual') },
]

/** Names joined by `+`; `single` for a chain that is none of them. */
export function nameStrategy(chain: readonly CompiledStep[]): string {
  const names = strategies.filter(strategy => strategy.isPartOf(chain)).map(strategy => strategy.name)
  return names.length === 0 ? 'single' : names.join('+')
}

function retriesBeforeMovingOn(chain: readonly CompiledStep[]): boolean {
  return chain.some(
    (step, index) => step.kind === 'target' && step.retry.attempts > 0 && index < chain.length - 1,
  )
}

function staysAtProviderWithOtherModel(chain: readonly CompiledStep[]): boolean {
  const targets = targetsOf(chain)
  return targets.some((later, index) =>
    targets
      .slice(0, index)
      .some(earlier => earlier.provider === later.provider && earlier.model !== later.model),
  )
}

function movesToOtherProvider(chain: readonly CompiledStep[]): boolean {
  return new Set(targetsOf(chain).map(target => target.provider)).size > 1
}

export function targetsOf(chain: readonly CompiledStep[]): readonly CompiledTargetStep[] {
  return chain.filter(step => step.kind === 'target')
}
