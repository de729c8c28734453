// The machines that outlive a snapshot. A breaker, a retry budget or a spend budget is found again by what it guards and
// how it is set, so that a reload which changes neither keeps its memory.
import { createHash } from 'node:crypto'
import type { TargetHealth } from '../../crds/snapshot/control-frames.ts'
import type {
  CompiledPolicy,
  CompiledProvider,
  CompiledRoute,
  CompiledTargetStep,
  SecretId,
} from '../../crds/snapshot/policy-snapshot.ts'
import type { FailureKind } from '../../crds/vocabulary.ts'
import type { ChainListener } from '../chain/events.ts'
import { Breaker } from '../resilience/breaker.ts'
import type { Clock } from '../resilience/clock.ts'
import { RetryBudget } from '../resilience/retry-budget.ts'
import { SpendBudget } from '../resilience/spend-budget.ts'
import { consecutiveFailures } from '../resilience/trip-rules.ts'
import { TargetTally } from './target-tally.ts'

/** Most tenants of one budget that are told apart; the rest share one, so that a caller cannot mint budgets without end. */
const maxTenantsPerBudget = 1000

interface NamedRetryBudget {
  readonly policy: string
  readonly target: string
  readonly budget: RetryBudget
}

export interface NamedBreaker {
  /** `provider/model`. */
  readonly target: string
  readonly breaker: Breaker<FailureKind>
}

interface GuardedTarget extends NamedBreaker {
  readonly provider: CompiledProvider
  readonly model: string
  readonly tally: TargetTally
}

export class TargetRegistry {
  readonly #clock: Clock
  readonly #emit: ChainListener
  readonly #breakers = new Map<string, GuardedTarget>()
  readonly #retryBudgets = new Map<string, NamedRetryBudget>()
  readonly #spendBudgets = new Map<string, Map<string, SpendBudget>>()
  #used = new Set<string>()

  constructor(clock: Clock, emit: ChainListener) {
    this.#clock = clock
    this.#emit = emit
  }

  breaker(provider: CompiledProvider, step: CompiledTargetStep): Breaker<FailureKind> {
    const { failures, windowMs, openForMs } = step.circuitBreaker
    const key = this.#use('breaker', [...identityOf(provider), step.model, failures, windowMs, openForMs])
    const found = this.#breakers.get(key)
    if (found !== undefined) return found.breaker
    const { model } = step
    const target = `${provider.name}/${model}`
    const tally = new TargetTally(this.#clock)
    const breaker = new Breaker<FailureKind>({
      rule: consecutiveFailures({ failures, windowMs }),
      openForMs,
      clock: this.#clock,
      onChange: change => this.#emit({ kind: 'breakerChanged', target, ...change }),
      onResult: result => tally.count(result),
    })
    this.#breakers.set(key, { target, breaker, provider, model, tally })
    return breaker
  }

  retryBudget(
    provider: CompiledProvider,
    step: CompiledTargetStep,
    of: { policy: CompiledPolicy; route: CompiledRoute },
  ): RetryBudget {
    const { percent, minPerSecond } = of.route.retryBudget
    const key = this.#use('retry', [...identityOf(provider), step.model, percent, minPerSecond])
    const found = this.#retryBudgets.get(key)
    if (found !== undefined) return found.budget
    const budget = new RetryBudget({ percent, minPerSecond, clock: this.#clock })
    const policy = `${of.policy.namespace}/${of.policy.name}`
    this.#retryBudgets.set(key, { policy, target: `${provider.name}/${step.model}`, budget })
    return budget
  }

  /** One budget a tenant of a route; undefined when the route has none. */
  spending(policy: CompiledPolicy, route: CompiledRoute): ((tenant: string) => SpendBudget) | undefined {
    if (route.budget === undefined) return undefined
    const { usd, perMs } = route.budget
    const key = this.#use('spend', [policy.namespace, policy.name, route.name, usd, perMs])
    const byTenant = this.#spendBudgets.get(key) ?? new Map<string, SpendBudget>()
    this.#spendBudgets.set(key, byTenant)
    const clock = this.#clock
    return tenant => {
      const name = byTenant.has(tenant) || byTenant.size < maxTenantsPerBudget ? tenant : overflowTenant
      let budget = byTenant.get(name)
      if (budget === undefined) {
        budget = new SpendBudget({ usd, perMs, clock })
        byTenant.set(name, budget)
      }
      return budget
    }
  }

  /** Call before a snapshot is built: what is asked for from now on is what it uses. */
  startUse(): void {
    this.#used = new Set()
  }

  /** Forgets what has not been asked for since `startUse`. */
  dropUnused(): void {
    for (const map of [this.#breakers, this.#retryBudgets, this.#spendBudgets]) {
      for (const key of map.keys()) if (!this.#used.has(key)) map.delete(key)
    }
  }

  retryBudgets(): readonly { policy: string; target: string; ratio: number }[] {
    return [...this.#retryBudgets.values()].map(({ policy, target, budget }) => ({
      policy,
      target,
      ratio: budget.remainingRatio(),
    }))
  }

  breakers(): readonly NamedBreaker[] {
    return [...this.#breakers.values()]
  }

  /** Targets that were asked within the last minute or are cut off; one entry for each provider and model. */
  health(): readonly TargetHealth[] {
    const found = new Map<string, TargetHealth>()
    for (const { provider, model, breaker, tally } of this.#breakers.values()) {
      const { state, reopensInMs } = breaker.snapshot()
      const { attempts, failures } = tally.totals()
      // A breaker moves with its calls: one that is due for its probe and has had no call says nothing of today.
      const isQuiet = attempts === 0 && (state === 'closed' || reopensInMs === 0)
      if (isQuiet) continue
      const key = `${provider.key}/${model}`
      const other = found.get(key)
      found.set(key, {
        provider: provider.key,
        model,
        breaker: other === undefined ? state : worse(state, other.breaker),
        attempts: attempts + (other?.attempts ?? 0),
        failures: failures + (other?.failures ?? 0),
      })
    }
    return [...found.values()]
  }

  /** These keys have other values now: who was cut off for a bad one may be asked again. */
  keysChanged(ids: ReadonlySet<SecretId>): void {
    for (const { provider, breaker } of this.#breakers.values()) {
      const { credentials } = provider
      if (credentials.kind === 'secret' && ids.has(credentials.id)) breaker.forgive('AuthFailed')
    }
  }

  #use(machine: string, parts: readonly (string | number)[]): string {
    const key = createHash('sha256')
      .update(JSON.stringify([machine, ...parts]))
      .digest('base64url')
    this.#used.add(key)
    return key
  }
}

/** Of several breakers of one target, what refuses most. */
function worse(one: TargetHealth['breaker'], other: TargetHealth['breaker']): TargetHealth['breaker'] {
  if (one === 'open' || other === 'open') return 'open'
  return one === 'probing' ? one : other
}

const overflowTenant = '\u0000other'

/** Where a provider's calls go and with whose key: another one is another target. */
function identityOf(provider: CompiledProvider): readonly string[] {
  return [
    provider.key,
    provider.endpoint,
    JSON.stringify(provider.credentials),
    JSON.stringify(provider.tls ?? null),
  ]
}
