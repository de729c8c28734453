// How a provider does in the eyes of the fleet: in broad words, so that the status rests while the numbers move.
import { plainSentence } from './plain-sentence.ts'
import type { ProviderUse } from './provider-use.ts'
import type { ConditionDraft } from './status-draft.ts'

/** Share of its users that must shut it out before the provider, not a pod, is the likely cause. */
const smallestShutOutShare = 0.1

/** Attempts of a minute from which on a share of failures says something. */
const fewestAttempts = 10

/** Failing begins at the first share and ends below the second, so that a provider at the edge does not flap. */
const failingShare = { begins: 0.5, ends: 0.25 }

/** @param before the reason that the object carries now, if any. */
export function healthCondition(use: ProviderUse, before: string | undefined): ConditionDraft {
  if (use.users === 0) {
    return say('Unknown', 'NoTraffic', 'no sidecar called it within the last minute')
  }
  if (use.shutOut / use.users >= smallestShutOutShare) {
    return say(
      'False',
      'BreakerOpen',
      `the breaker of ${nameModels(use.models)} is open in ${nameShare(use.shutOut / use.users)} of the pods that use it`,
    )
  }
  const share = before === 'Failing' ? failingShare.ends : failingShare.begins
  if (use.attempts >= fewestAttempts && use.failures / use.attempts >= share) {
    return say('False', 'Failing', 'a large part of the attempts of the last minute failed')
  }
  return say('True', 'Healthy', 'the pods that use it are answered')
}

function say(status: ConditionDraft['status'], reason: string, message: string): ConditionDraft {
  return { type: 'Healthy', status, reason, message }
}

function nameShare(share: number): string {
  if (share >= 1) return 'all'
  return share >= 0.5 ? 'most' : 'some'
}

const mostModels = 3

function nameModels(models: readonly string[]): string {
  const named = models.slice(0, mostModels).map(plainSentence).join(', ')
  return models.length > mostModels ? `${named} and other models` : named
}
