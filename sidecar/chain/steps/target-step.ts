// The step that asks a provider: gates, then attempts with their waits, all inside the walk's deadline and allowance.
import type { FailureKind } from '../../../crds/vocabulary.ts'
import type { Failure } from '../../failure/failure.ts'
import type { Permit } from '../../resilience/breaker.ts'
import { wait } from '../../resilience/clock.ts'
import { runAttempt } from '../attempt.ts'
import type { Course, Skip } from '../course.ts'
import { circuitOpen, estimatedCost, pushedKeyIsThere, refusingGate } from '../gates.ts'
import type { TrailEntry } from '../outcome.ts'
import type { PreparedCall } from '../ports.ts'
import { decideRetry } from '../retry.ts'
import { settleWith } from '../settlement.ts'
import type { Step, Walk } from '../step.ts'
import type { Target } from '../target.ts'
import { announceEntry, type StepResult } from '../walk-chain.ts'

type Admission =
  | { readonly kind: 'admitted'; readonly permit: Permit<FailureKind> }
  | { readonly kind: 'refused'; readonly skip: Skip }

export function targetStep(target: Target): Step {
  return {
    spec: target.step,
    async run(walk, course) {
      const arrival = target.parts.sender.credentialArrival(target.parts.provider)
      if (arrival !== undefined) await arrival
      const skip = refusingGate(target, walk)
      if (skip !== undefined) return skipped(skip, target)
      const preparation = walk.request.prepare(target.parts.provider, target.step)
      if (preparation.kind === 'impossible') {
        return skipped({ reason: 'CapabilityMissing', detail: preparation.detail }, target)
      }
      if (preparation.kind === 'malformed') return malformed(preparation.rejection, { target, course })
      const { call } = preparation
      if (target.step.requireParameters && call.drops.length > 0) {
        return skipped(
          { reason: 'CapabilityMissing', detail: 'the translation would lose parameters' },
          target,
        )
      }
      const unsent = missingCredential(target, walk, call)
      if (unsent !== undefined) return failedUnsent(target, unsent)
      const admission = admit(target, walk)
      if (admission.kind === 'refused') return skipped(admission.skip, target)
      announceEntry(target.step, walk, course)
      return ask({ target, walk, call }, admission.permit)
    },
  }
}

/** Told to the caller at once, unless another provider has understood enough of it to fail for reasons of its own. */
function malformed(rejection: Error, at: { target: Target; course: Course }): StepResult {
  if (at.course.leftStep === undefined) throw rejection
  return skipped(
    { reason: 'CapabilityMissing', detail: 'the request cannot be translated for this provider' },
    at.target,
  )
}

interface Asking {
  readonly target: Target
  readonly walk: Walk
  readonly call: PreparedCall
}

async function ask(asking: Asking, firstPermit: Permit<FailureKind>): Promise<StepResult> {
  const { target, walk, call } = asking
  const trail: TrailEntry[] = []
  target.parts.retryBudget.deposit()
  let permit = firstPermit
  for (let retry = 0; ; retry += 1) {
    const result = await attemptOnce(asking, permit, retry)
    trail.push(result.entry)
    if (result.kind === 'served') {
      const origin = { provider: target.name.provider, model: target.step.model }
      return { kind: 'served', reply: result.reply, origin, drops: call.drops, trail }
    }
    if (result.kind === 'abandoned') return { kind: 'abandoned', trail }
    const decision = decideRetry({ failure: result.failure, retry, target, walk })
    if (decision.kind === 'stop') return { kind: 'failed', failure: result.failure, trail }
    await wait(walk.clock, decision.waitMs, walk.request.signal)
    if (walk.request.signal.aborted) return { kind: 'abandoned', trail }
    // Taken back during the wait: asking without it would open the breaker.
    if (pushedKeyIsThere(target) !== undefined) return { kind: 'failed', failure: result.failure, trail }
    const again = admit(target, walk)
    if (again.kind === 'refused') return { kind: 'failed', failure: result.failure, trail }
    permit = again.permit
  }
}

function attemptOnce(asking: Asking, permit: Permit<FailureKind>, retry: number) {
  const { target, walk, call } = asking
  walk.attempts.take()
  const cost = estimatedCost(target, walk)
  const budget = target.parts.spending?.budgetFor(walk.tenant)
  const settlement = settleWith({
    permit,
    reservation: cost === undefined ? undefined : budget?.reserve(cost),
    openForMs: target.step.circuitBreaker.openForMs,
    callerSetDeadline: walk.request.deadlineMs !== undefined,
  })
  return runAttempt({ walk, target, call, retry, settlement })
}

/** Taken last, when every gate has agreed: a permit of a probing breaker is the only one. */
function admit(target: Target, walk: Walk): Admission {
  const { breaker } = target.parts
  if (walk.isPrimaryOnly || walk.forcedHop === target.step.hop) {
    return { kind: 'admitted', permit: breaker.force() }
  }
  const admission = breaker.admit()
  return admission.kind === 'admitted' ? admission : { kind: 'refused', skip: circuitOpen(admission) }
}

function missingCredential(target: Target, walk: Walk, call: PreparedCall): Failure | undefined {
  const { provider, sender } = target.parts
  // The first gate has asked for it.
  if (provider.credentials.kind === 'secret') return undefined
  if (provider.credentials.kind !== 'caller') return sender.missingCredential(provider)
  if (call.isNative && walk.request.credential !== undefined) return undefined
  return {
    kind: 'AuthFailed',
    detail: 'this provider takes the key of a caller of its own dialect, and there is none',
    promptSent: 'none',
  }
}

function failedUnsent(target: Target, failure: Failure): StepResult {
  const { step, hop } = target.name
  const entry: TrailEntry = {
    kind: 'attempt',
    step,
    hop,
    retry: 0,
    milliseconds: 0,
    failure: { kind: failure.kind },
  }
  return { kind: 'failed', failure, trail: [entry] }
}

function skipped(skip: Skip, target: Target): StepResult {
  const endsWalk = skip.reason === 'BudgetExceeded' && target.parts.spending?.onExceeded === 'Reject'
  return { kind: 'skipped', skip, endsWalk }
}
