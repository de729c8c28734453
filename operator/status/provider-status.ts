// What is to be said about a provider.
import type { ResourceProblem } from '../../crds/resources/problem.ts'
import { healthCondition } from './health-condition.ts'
import { refusedCondition } from './policy-status.ts'
import { programmedCondition } from './programmed-condition.ts'
import type { ConditionDraft, StatusDraft } from './status-draft.ts'
import type { ProviderStanding } from './take-stock.ts'

export type ProviderJudgement =
  | {
      readonly kind: 'judged'
      readonly resolvedRefs: {
        readonly isTrue: boolean
        readonly reason: string
        readonly message: string
      }
    }
  | { readonly kind: 'refused'; readonly problems: readonly ResourceProblem[] }

export interface ProviderFacts {
  readonly generation: number
  readonly judgement: ProviderJudgement
  readonly standing: ProviderStanding
  /** Reason of the condition `Healthy` that the object carries now. */
  readonly healthBefore?: string
  /** Its Secret has been read. */
  readonly isDecided: boolean
}

export function providerStatus(facts: ProviderFacts): StatusDraft {
  const { generation, judgement, standing } = facts
  return {
    generation,
    conditions: [
      acceptedCondition(judgement),
      resolvedRefsCondition(judgement),
      programmedCondition({
        tally: standing.tally,
        overridden: 0,
        winners: [],
        // A pod without a sidecar runs no policy, whatever provider that one names.
        meant: 'pods with a sidecar',
        nowhere: 'no policy that runs in a pod uses it',
      }),
      healthCondition(standing.use, facts.healthBefore),
    ],
    isSettled: standing.tally.count.stale === 0 && facts.isDecided,
  }
}

function acceptedCondition(judgement: ProviderJudgement): ConditionDraft {
  if (judgement.kind === 'refused') return refusedCondition(judgement.problems)
  return { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'the provider is valid' }
}

function resolvedRefsCondition(judgement: ProviderJudgement): ConditionDraft {
  if (judgement.kind === 'refused') {
    const message = 'its Secret is not looked up before it is accepted'
    return { type: 'ResolvedRefs', status: 'Unknown', reason: 'NotAccepted', message }
  }
  const { isTrue, reason, message } = judgement.resolvedRefs
  return { type: 'ResolvedRefs', status: isTrue ? 'True' : 'False', reason, message }
}
