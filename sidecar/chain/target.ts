// A provider and a model with the machines that guard them. Lives as long as its settings; survives a reload unchanged.
import type { CompiledProvider, CompiledTargetStep, ModelFacts } from '../../crds/snapshot/policy-snapshot.ts'
import type { FailureKind } from '../../crds/vocabulary.ts'
import type { Breaker } from '../resilience/breaker.ts'
import type { RetryBudget } from '../resilience/retry-budget.ts'
import type { SpendBudget } from '../resilience/spend-budget.ts'
import type { TokenEstimator } from '../resilience/token-estimate.ts'
import type { TargetName } from './events.ts'
import type { CallerRequest, ProviderPort } from './ports.ts'

export interface TargetParts {
  readonly step: CompiledTargetStep
  readonly provider: CompiledProvider
  readonly sender: ProviderPort
  readonly breaker: Breaker<FailureKind>
  readonly retryBudget: RetryBudget
  readonly tokens: TokenEstimator
  /** Globs of regions that the route allows; absent: anywhere. */
  readonly regions?: readonly string[]
  /** What the route may spend for one tenant; absent: no limit. */
  readonly spending?: {
    readonly budgetFor: (tenant: string) => SpendBudget
    readonly onExceeded: 'Fallback' | 'Reject'
  }
  /** 0 to 1, for jitter. */
  readonly random: () => number
}

export class Target {
  readonly parts: TargetParts
  readonly name: TargetName

  constructor(parts: TargetParts) {
    this.parts = parts
    const { step, provider } = parts
    this.name = {
      step: step.name,
      hop: step.hop,
      provider: provider.name,
      model: step.model,
      ...(provider.region !== undefined && { region: provider.region }),
    }
  }

  get step(): CompiledTargetStep {
    return this.parts.step
  }

  get facts(): ModelFacts | undefined {
    return this.parts.step.facts
  }

  /** The most output tokens that this request may cost here; undefined when nobody limits it. */
  outputCap(request: CallerRequest): number | undefined {
    const caps = [request.facts.maxOutputTokens, this.step.maxOutputTokens, this.facts?.maxOutputTokens]
    const known = caps.filter(cap => cap !== undefined)
    return known.length === 0 ? undefined : Math.min(...known)
  }

  estimateInput(request: CallerRequest): number {
    return this.parts.tokens.estimate(this.#tokenKey, request.facts)
  }

  /** The prompt is larger than the window even by the most favourable count. */
  certainlyExceedsWindow(request: CallerRequest): boolean {
    const window = this.facts?.contextWindow
    return window !== undefined && this.parts.tokens.certainlyExceeds(this.#tokenKey, request.facts, window)
  }

  /** The provider said how many tokens this prompt was. */
  learn(request: CallerRequest, inputTokens: number): void {
    this.parts.tokens.learn(this.#tokenKey, request.facts, inputTokens)
  }

  get #tokenKey(): string {
    return `${this.parts.provider.key}/${this.step.model}`
  }
}
