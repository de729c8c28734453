// A snapshot made ready to run: every step bound to its provider and its machines. Built whole or not at all.
import type {
  CompiledPolicy,
  CompiledProvider,
  CompiledRoute,
  CompiledStep,
  CompiledTargetStep,
  PolicySnapshot,
  ProviderKey,
} from '../../crds/snapshot/policy-snapshot.ts'
import { assertNever } from '../../crds/vocabulary.ts'
import type { CachePort, ProviderPort } from '../chain/ports.ts'
import { nothingAhead, type Step, type StepsAhead, stepsAhead, type Walk } from '../chain/step.ts'
import { cacheStep, manualStep } from '../chain/steps/floor-steps.ts'
import { targetStep } from '../chain/steps/target-step.ts'
import { unresolvedSkip, unresolvedStep } from '../chain/steps/unresolved-step.ts'
import { Target } from '../chain/target.ts'
import type { TokenEstimator } from '../resilience/token-estimate.ts'
import type { TargetRegistry } from './target-registry.ts'

export interface LiveSnapshot {
  readonly snapshot: PolicySnapshot
  readonly policies: readonly LivePolicy[]
}

export interface LivePolicy {
  readonly compiled: CompiledPolicy
  readonly routes: readonly LiveRoute[]
  /** A chain of one step for requests that match no route, asked for the caller's own model. */
  readonly passThrough?: (model: string) => LiveRoute
}

export interface LiveRoute {
  readonly compiled: CompiledRoute
  readonly steps: readonly Step[]
  /** The targets among the steps that can be asked, in chain order. */
  readonly targets: readonly Target[]
  readonly ahead: StepsAhead
  /** A `cacheFirst` or a cache step wants to remember answers. */
  readonly usesCache: boolean
  /** There is nowhere else to go: its provider is always asked, and what it says goes back as it is. */
  readonly isPassThrough: boolean
}

export interface LiveParts {
  readonly registry: TargetRegistry
  readonly sender: ProviderPort
  readonly cache: CachePort
  readonly tokens: TokenEstimator
  readonly random: () => number
  readonly cacheKeyOf: (policy: CompiledPolicy, route: CompiledRoute, walk: Walk) => string
}

export function buildLiveSnapshot(snapshot: PolicySnapshot, parts: LiveParts): LiveSnapshot {
  parts.registry.startUse()
  const policies = snapshot.policies.map(policy => buildPolicy(snapshot, policy, parts))
  parts.registry.dropUnused()
  return { snapshot, policies }
}

interface Building extends LiveParts {
  readonly snapshot: PolicySnapshot
  readonly policy: CompiledPolicy
}

function buildPolicy(snapshot: PolicySnapshot, policy: CompiledPolicy, parts: LiveParts): LivePolicy {
  const building = { ...parts, snapshot, policy }
  const routes = policy.routes.map(route => buildRoute(route, building))
  const { passThrough } = policy
  if (passThrough === undefined) return { compiled: policy, routes }
  providerOf(passThrough, building)
  // Machines of a pass-through are shared by all its models: the caller's model must not mint new ones.
  const shared = passThroughMachines(passThrough, building)
  return {
    compiled: policy,
    routes,
    passThrough: model => passThroughRoute({ ...shared, model }, building),
  }
}

function buildRoute(route: CompiledRoute, building: Building): LiveRoute {
  const targets: Target[] = []
  const steps = route.chain.map(step => {
    const built = buildStep(step, route, building)
    if (built.target !== undefined) targets.push(built.target)
    return built.step
  })
  return {
    compiled: route,
    steps,
    targets,
    ahead: stepsAhead(route.chain),
    usesCache: route.cacheFirst !== undefined || route.chain.some(step => step.kind === 'cache'),
    isPassThrough: false,
  }
}

function buildStep(
  step: CompiledStep,
  route: CompiledRoute,
  building: Building,
): { step: Step; target?: Target } {
  switch (step.kind) {
    case 'target': {
      const skip = unresolvedSkip(step)
      if (skip !== undefined) return { step: unresolvedStep(step, skip) }
      const target = buildTarget(step, route, building)
      return { step: targetStep(target), target }
    }
    case 'cache':
      return {
        step: cacheStep(step, building.cache, walk => building.cacheKeyOf(building.policy, route, walk)),
      }
    case 'manual':
      return { step: manualStep(step) }
    default:
      return assertNever(step)
  }
}

function buildTarget(step: CompiledTargetStep, route: CompiledRoute, building: Building): Target {
  const { registry, sender, tokens, random, policy } = building
  const provider = providerOf(step.provider, building)
  const budgetFor = registry.spending(policy, route)
  return new Target({
    step,
    provider,
    sender,
    tokens,
    random,
    breaker: registry.breaker(provider, step),
    retryBudget: registry.retryBudget(provider, step, { policy, route }),
    ...(route.residency && { regions: route.residency.regions }),
    ...(budgetFor && route.budget && { spending: { budgetFor, onExceeded: route.budget.onExceeded } }),
  })
}

/** @throws Error when the snapshot names a provider that it does not hold: such a snapshot is refused whole. */
function providerOf(key: ProviderKey, { snapshot }: { readonly snapshot: PolicySnapshot }): CompiledProvider {
  const provider = snapshot.providers[key]
  if (provider === undefined) throw new Error(`the snapshot names provider ${key} but does not hold it`)
  return provider
}

// ── Pass-through ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Name of the route and the step that serve requests which match no route. */
export const passThroughName = 'pass-through'

function passThroughMachines(provider: ProviderKey, building: Building) {
  const { step, route } = passThroughShape(provider, '*')
  const compiled = providerOf(provider, building)
  return {
    provider: compiled,
    breaker: building.registry.breaker(compiled, step),
    retryBudget: building.registry.retryBudget(compiled, step, { policy: building.policy, route }),
  }
}

function passThroughRoute(
  shared: ReturnType<typeof passThroughMachines> & { readonly model: string },
  { sender, tokens, random }: Building,
): LiveRoute {
  const { step, route } = passThroughShape(shared.provider.key, shared.model)
  const facts = shared.provider.models.find(model => model.name === shared.model)
  const known = facts === undefined ? step : { ...step, facts }
  const { provider, breaker, retryBudget } = shared
  const target = new Target({ step: known, provider, sender, tokens, random, breaker, retryBudget })
  return {
    compiled: route,
    steps: [targetStep(target)],
    targets: [target],
    ahead: nothingAhead,
    usesCache: false,
    isPassThrough: true,
  }
}

function passThroughShape(
  provider: ProviderKey,
  model: string,
): { step: CompiledTargetStep; route: CompiledRoute } {
  const step: CompiledTargetStep = {
    kind: 'target',
    name: passThroughName,
    hop: 0,
    when: [],
    provider,
    model,
    entersLargerWindow: false,
    requireParameters: false,
    allowDifferentEmbeddingSpace: false,
    timeout: { connectMs: 2000, firstTokenMs: 10_000, idleMs: 20_000, totalMs: 60_000 },
    retry: { attempts: 0, initialMs: 100, factor: 5, maxMs: 2000 },
    circuitBreaker: { failures: 3, windowMs: 30_000, openForMs: 60_000 },
  }
  const route: CompiledRoute = {
    name: passThroughName,
    strategy: passThroughName,
    match: {},
    limits: { deadlineMs: 60_000, attempts: 1 },
    retryBudget: { percent: 20, minPerSecond: 3 },
    whenAllOpen: 'Fail',
    streaming: { onBreak: 'Terminate', keepAliveMs: 15_000 },
    chain: [step],
  }
  return { step, route }
}
