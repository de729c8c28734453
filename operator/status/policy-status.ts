// What is to be said about a policy.
import type { PolicyVerdict } from '../../crds/compile/compile-namespace.ts'
import type { ResourceProblem } from '../../crds/resources/problem.ts'
import { countOf } from './plain-sentence.ts'
import { nameWinners, programmedCondition, type Reach } from './programmed-condition.ts'
import type { ConditionDraft, StatusDraft } from './status-draft.ts'
import type { PolicyStanding } from './take-stock.ts'

/** What the compiler and the parser found; a policy that the parser refused has no verdict. */
export type PolicyJudgement =
  | { readonly kind: 'judged'; readonly verdict: PolicyVerdict }
  | { readonly kind: 'refused'; readonly problems: readonly ResourceProblem[] }

export interface PolicyFacts {
  readonly generation: number
  readonly judgement: PolicyJudgement
  readonly standing: PolicyStanding
  readonly meant: Reach['meant']
  readonly nowhere: string
  /** Secrets that it needs have been read. */
  readonly isDecided: boolean
}

export function policyStatus(facts: PolicyFacts): StatusDraft {
  const { generation, standing, judgement } = facts
  const { matched, programmed } = standing.tally.count
  const { rejections } = standing.tally
  return {
    generation,
    conditions: [
      acceptedCondition(judgement),
      resolvedRefsCondition(judgement),
      reachCondition(facts),
      conflictedCondition(standing),
    ],
    pods: standing.tally.count,
    ...(rejections.length === 0 ? {} : { rejections }),
    live: `${programmed}/${matched}`,
    isSettled: standing.tally.count.stale === 0 && facts.isDecided,
  }
}

export function acceptedCondition(judgement: PolicyJudgement): ConditionDraft {
  if (judgement.kind === 'refused') return refusedCondition(judgement.problems)
  const { accepted, warnings } = judgement.verdict
  const message = accepted.isTrue ? explainAcceptance(warnings) : accepted.message
  return {
    type: 'Accepted',
    status: accepted.isTrue ? 'True' : 'False',
    reason: accepted.reason,
    message: cut(message),
  }
}

/** Of a resource that the parser refused. */
export function refusedCondition(problems: readonly ResourceProblem[]): ConditionDraft {
  return { type: 'Accepted', status: 'False', reason: 'Invalid', message: cut(listProblems(problems)) }
}

export function resolvedRefsCondition(judgement: PolicyJudgement): ConditionDraft {
  if (judgement.kind === 'refused') {
    const message = 'its references are not looked up before it is accepted'
    return { type: 'ResolvedRefs', status: 'Unknown', reason: 'NotAccepted', message }
  }
  const { isTrue, reason, message } = judgement.verdict.resolvedRefs
  return { type: 'ResolvedRefs', status: isTrue ? 'True' : 'False', reason, message: cut(message) }
}

function reachCondition({ judgement, standing, meant, nowhere }: PolicyFacts): ConditionDraft {
  if (judgement.kind === 'refused' || !judgement.verdict.accepted.isTrue) {
    const message = 'no pod runs it, because it is not accepted'
    return { type: 'Programmed', status: 'False', reason: 'Rejected', message }
  }
  return programmedCondition({ ...standing, meant, nowhere })
}

function conflictedCondition({ overridden, winners, tally }: PolicyStanding): ConditionDraft {
  if (overridden === 0) {
    return {
      type: 'Conflicted',
      status: 'False',
      reason: 'NoConflict',
      message: 'no other policy wins a pod that it selects',
    }
  }
  const selected = countOf(overridden + tally.count.matched, 'pod')
  const message = `${nameWinners(winners)} ${winners.length === 1 ? 'wins' : 'win'} in ${overridden} of the ${selected} that it selects, by priority or age`
  return { type: 'Conflicted', status: 'True', reason: 'Conflicted', message }
}

function explainAcceptance(warnings: readonly ResourceProblem[]): string {
  return warnings.length === 0
    ? 'the policy is valid'
    : `the policy is valid; mind: ${listProblems(warnings)}`
}

const mostProblems = 3

function listProblems(problems: readonly ResourceProblem[]): string {
  const shown = problems.slice(0, mostProblems).map(({ path, message, value }) => {
    const given = value === undefined ? '' : ` (given ${value})`
    return path === '' ? `${message}${given}` : `${path}: ${message}${given}`
  })
  const rest = problems.length - shown.length
  return [...shown, ...(rest === 0 ? [] : [`${rest} more`])].join('; ')
}

const longestMessage = 1024

function cut(message: string): string {
  return message.length > longestMessage ? `${message.slice(0, longestMessage - 1)}…` : message
}
