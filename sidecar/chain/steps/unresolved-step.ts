// The step of a target that cannot be asked, because something that it names is missing or refused: always a skip, so
// that the rest of the chain works.
import type { CompiledTargetStep, UnresolvedReason } from '../../../crds/snapshot/policy-snapshot.ts'
import type { Skip } from '../course.ts'
import type { Step } from '../step.ts'

const skips: Readonly<Record<UnresolvedReason, Skip>> = {
  ProviderNotFound: {
    reason: 'ModelUnavailable',
    detail: 'the provider that this step names does not exist',
  },
  ProviderInvalid: {
    reason: 'ModelUnavailable',
    detail: 'the provider that this step names is not valid; its status says why',
  },
  RefNotPermitted: {
    reason: 'ModelUnavailable',
    detail: 'this step may not use the provider or the Secret that it names',
  },
  SecretNotFound: { reason: 'AuthFailed', detail: 'the Secret of this provider does not exist' },
  SecretKeyMissing: { reason: 'AuthFailed', detail: 'the Secret of this provider lacks the key' },
}

/** Why a step is left out before anything is looked at; undefined for one whose references resolve. */
export function unresolvedSkip(step: CompiledTargetStep): Skip | undefined {
  return step.unresolved === undefined ? undefined : skips[step.unresolved]
}

export function unresolvedStep(step: CompiledTargetStep, skip: Skip): Step {
  return { spec: step, run: () => Promise.resolve({ kind: 'skipped', skip }) }
}
