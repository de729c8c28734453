import { enteringKinds } from '../resources/chain-reachability.ts'
import { toMilliseconds } from '../resources/durations.ts'
import { type PolicyStep, stepDefaults } from '../resources/policy-step.ts'
import type {
  CompiledStep,
  CompiledTargetStep,
  ModelFacts,
  ProviderKey,
  UnresolvedReason,
} from '../snapshot/policy-snapshot.ts'
import { failureKinds } from '../vocabulary.ts'
import { providerKey } from './placed.ts'

/** What the compiler of a policy asks about providers. */
export interface ProviderLookup {
  /** The provider is part of the snapshot. */
  isKnown(provider: ProviderKey): boolean
  /** What a provider says about one of its models; undefined when it does not list it. */
  findModel(provider: ProviderKey, model: string): ModelFacts | undefined
  /** Why a provider cannot be asked; undefined when it can. */
  findObstacle(provider: ProviderKey): UnresolvedReason | undefined
}

export interface StepSurroundings {
  /** Where references of the policy are looked up. */
  readonly namespace: string
  readonly lookup: ProviderLookup
}

/** @throws RangeError for a step without a member, which the schema refuses. */
export function compileStep(step: PolicyStep, hop: number, surroundings: StepSurroundings): CompiledStep {
  const base = { name: step.name, hop, when: whenOf(step, hop) }
  if (step.target !== undefined) {
    return { ...base, kind: 'target', ...compileTarget(step, step.target, surroundings) }
  }
  if (step.cache !== undefined) {
    return { ...base, kind: 'cache', maxAgeMs: toMilliseconds(step.cache.maxAge) }
  }
  if (step.manual !== undefined) {
    return { ...base, kind: 'manual', text: step.manual.text, status: step.manual.status }
  }
  throw new RangeError('a step without a member reached the compiler unchecked')
}

/** In the order of the vocabulary, each kind once. The first step is entered by the request. */
function whenOf(step: PolicyStep, hop: number): CompiledStep['when'] {
  if (hop === 0) return []
  const entering = enteringKinds(step)
  return failureKinds.filter(kind => entering.includes(kind))
}

function compileTarget(
  step: PolicyStep,
  target: NonNullable<PolicyStep['target']>,
  { namespace, lookup }: StepSurroundings,
): Omit<CompiledTargetStep, 'name' | 'hop' | 'when' | 'kind'> {
  const { providerRef, model, maxOutputTokens } = target
  const provider = providerKey(providerRef.kind, namespace, providerRef.name)
  const facts = lookup.findModel(provider, model)
  const unresolved = lookup.findObstacle(provider)
  return {
    provider,
    model,
    entersLargerWindow: step.when === undefined,
    ...(facts === undefined ? {} : { facts }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    requireParameters: target.requireParameters,
    allowDifferentEmbeddingSpace: target.allowDifferentEmbeddingSpace,
    ...(unresolved === undefined ? {} : { unresolved }),
    timeout: compileTimeout(step),
    retry: compileRetry(step),
    circuitBreaker: compileBreaker(step),
  }
}

function compileTimeout({ timeout = stepDefaults.timeout }: PolicyStep): CompiledTargetStep['timeout'] {
  return {
    connectMs: toMilliseconds(timeout.connect),
    firstTokenMs: toMilliseconds(timeout.firstToken),
    idleMs: toMilliseconds(timeout.idle),
    totalMs: toMilliseconds(timeout.total),
  }
}

function compileRetry({ retry }: PolicyStep): CompiledTargetStep['retry'] {
  const backoff = retry?.backoff ?? stepDefaults.backoff
  return {
    attempts: retry?.attempts ?? stepDefaults.retryAttempts,
    initialMs: toMilliseconds(backoff.initial),
    factor: backoff.factor,
    maxMs: toMilliseconds(backoff.max),
  }
}

function compileBreaker({
  circuitBreaker = stepDefaults.circuitBreaker,
}: PolicyStep): CompiledTargetStep['circuitBreaker'] {
  return {
    failures: circuitBreaker.failures,
    windowMs: toMilliseconds(circuitBreaker.window),
    openForMs: toMilliseconds(circuitBreaker.openFor),
  }
}
