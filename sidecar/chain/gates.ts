// What stands between a step and the wire, in the order in which it is asked. The first gate that refuses names the skip.
import { matchesGlob } from '../../crds/resources/glob.ts'
import { costOf } from './attempt-record.ts'
import type { Skip } from './course.ts'
import type { Walk } from './step.ts'
import type { Target } from './target.ts'

type Gate = (target: Target, walk: Walk) => Skip | undefined

/** No attempt starts with less than this left of the deadline: it could only fail. */
export const shortestAttemptMs = 50

/** Length of an answer that neither the caller, the policy nor the model's facts limit. */
const assumedOutputTokens = 1024

const gates: readonly Gate[] = [
  pushedKeyIsThere,
  breakerIsNotOpen,
  budgetCoversTheCost,
  regionIsAllowed,
  capabilitiesSuffice,
  vectorsFit,
  windowIsLargeEnough,
  timeIsLeft,
  attemptsAreLeft,
]

export function refusingGate(target: Target, walk: Walk): Skip | undefined {
  for (const gate of gates) {
    const skip = gate(target, walk)
    if (skip !== undefined) return skip
  }
  return undefined
}

/**
 * A key that the operator has not handed over, or has taken back, is nobody's failure: nothing is sent, no breaker opens,
 * and the chain goes on as after bad credentials.
 */
export function pushedKeyIsThere(target: Target): Skip | undefined {
  const { provider, sender } = target.parts
  if (provider.credentials.kind !== 'secret') return undefined
  const missing = sender.missingCredential(provider)
  return missing === undefined ? undefined : { reason: 'AuthFailed', detail: missing.detail }
}

/** Looks without taking a permit; the permit is taken last, when everything else has agreed. */
function breakerIsNotOpen(target: Target, walk: Walk): Skip | undefined {
  if (walk.isPrimaryOnly || walk.forcedHop === target.step.hop) return undefined
  const refusal = target.parts.breaker.refusal()
  return refusal === undefined ? undefined : circuitOpen(refusal)
}

export function circuitOpen(refusal: { reopensInMs: number; cause?: Skip['openedBy'] }): Skip {
  return {
    reason: 'CircuitOpen',
    detail: 'the circuit breaker of this target is open',
    reopensInMs: refusal.reopensInMs,
    ...(refusal.cause !== undefined && { openedBy: refusal.cause }),
  }
}

function budgetCoversTheCost(target: Target, walk: Walk): Skip | undefined {
  const { spending } = target.parts
  if (spending === undefined) return undefined
  const cost = estimatedCost(target, walk)
  if (cost === undefined || cost === 0 || spending.budgetFor(walk.tenant).fits(cost)) return undefined
  return { reason: 'BudgetExceeded', detail: 'the estimated cost does not fit what is left of the budget' }
}

/** US dollars: estimated input and the capped output; undefined when the model has no price. */
export function estimatedCost(target: Target, walk: Walk): number | undefined {
  const { request } = walk
  const usage = {
    input: target.estimateInput(request),
    output: request.operation === 'Embeddings' ? 0 : (target.outputCap(request) ?? assumedOutputTokens),
  }
  return costOf(usage, target.facts)
}

function regionIsAllowed(target: Target): Skip | undefined {
  const { regions, provider } = target.parts
  if (regions === undefined) return undefined
  const { region } = provider
  if (region !== undefined && regions.some(glob => matchesGlob(glob, region))) return undefined
  return { reason: 'ResidencyDenied', detail: 'the region of this provider is not one that the route allows' }
}

function capabilitiesSuffice(target: Target, walk: Walk): Skip | undefined {
  const offered = target.facts?.capabilities
  if (offered === undefined) return undefined
  const missing = walk.request.facts.needs.filter(need => !offered.includes(need))
  if (missing.length === 0) return undefined
  return { reason: 'CapabilityMissing', detail: `the request needs ${missing.join(', ')}` }
}

/** Vectors of two models cannot be compared: one in an index of another's would be found by nobody. */
function vectorsFit({ step }: Target, { request, firstModel }: Walk): Skip | undefined {
  if (request.operation !== 'Embeddings' || step.allowDifferentEmbeddingSpace) return undefined
  if (firstModel === undefined || step.model === firstModel) return undefined
  return { reason: 'CapabilityMissing', detail: 'the vectors of another model do not fit those of the first' }
}

function windowIsLargeEnough(target: Target, walk: Walk): Skip | undefined {
  if (!target.certainlyExceedsWindow(walk.request)) return undefined
  return { reason: 'ContextOverflow', detail: 'the prompt is larger than the context window of this model' }
}

function timeIsLeft(_target: Target, walk: Walk): Skip | undefined {
  if (walk.deadline.remaining() >= shortestAttemptMs) return undefined
  return { reason: 'Timeout', detail: 'too little is left of the deadline to start an attempt' }
}

function attemptsAreLeft(_target: Target, walk: Walk): Skip | undefined {
  if (walk.attempts.left > 0) return undefined
  return { reason: 'AttemptsExhausted', detail: 'the walk has used all its attempts' }
}
