// How the tables of the providers are written and read: the first rule that fits names the failure.
import type { FailureKind } from '../../crds/vocabulary.ts'
import type { ErrorFacts } from './error-facts.ts'

export interface ErrorRule {
  readonly kind: FailureKind
  /** Our own constant words: safe for logs. */
  readonly detail: string
  /** Fits only these statuses; absent: any. An error inside a 200 without a status fits by its words and message alone. */
  readonly at?: readonly number[]
  /** Fits when the error carries one of these types or codes (lower case). */
  readonly words?: readonly string[]
  /** Fits when the provider's own message matches. Together with `words`: both must hold. */
  readonly message?: RegExp
  /** Fits when the facts as a whole say so, for what no word tells. */
  readonly holds?: (facts: ErrorFacts) => boolean
  /** The same request will never succeed at this target. */
  readonly hopeless?: boolean
}

/** The first rule that fits; undefined when none does. */
export function firstFitting(rules: readonly ErrorRule[], facts: ErrorFacts): ErrorRule | undefined {
  return rules.find(rule => fits(rule, facts))
}

function fits(rule: ErrorRule, facts: ErrorFacts): boolean {
  if (rule.at !== undefined && !fitsStatus(rule, facts.status)) return false
  if (rule.words !== undefined && !rule.words.some(word => facts.words.has(word))) return false
  if (rule.message !== undefined && !rule.message.test(facts.message)) return false
  return rule.holds === undefined || rule.holds(facts)
}

/** Without a status a rule that needs nothing but a status would fit everything. */
function fitsStatus(rule: ErrorRule, status: number | undefined): boolean {
  if (status === undefined) return rule.words !== undefined || rule.message !== undefined
  return rule.at?.includes(status) ?? true
}
