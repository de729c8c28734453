// Rules that look at several fields, and those that no metadata tells: each the twin of a refinement or of a rule in
// crds/resources, and never stricter than it. What an expression cannot say cheaply is left to the admission webhook.
import { policyObjectRules } from './policy-object-rules.ts'
import { providerObjectRules } from './provider-object-rules.ts'
import { selectorObjectRules } from './selector-object-rules.ts'
import type { CelRule } from './structural-schema.ts'

export interface ObjectRules {
  /** The end of the paths on which the rules stand, whole words: `routes[].chain[]`, `LLMProvider.spec`. */
  readonly at: string
  /** Refinements of the zod schema at this path that the rules repeat; the generator counts them. */
  readonly refinements?: number
  /** Names of the functions in `policyRules`, `providerRules` and the like that the rules repeat. */
  readonly twinOf?: readonly string[]
  /** Makes a list a map by this field: several writers may own entries, and Kubernetes keeps the keys apart. */
  readonly mapKey?: string
  readonly rules: readonly CelRule[]
}

export const objectRules: readonly ObjectRules[] = [
  ...policyObjectRules,
  ...providerObjectRules,
  ...selectorObjectRules,
]

/** Rules of `crds/resources` that only the webhook and the readers of folders apply, with the reason. */
export const webhookOnlyRules: Readonly<Record<string, string>> = {
  specsAreGoodPolicies: 'applies the rules of a policy, whose twins stand on both parts of a cluster policy',
  specsKeepToTheirOwnConstraints: 'compares every route with patterns that hold stars',
}

export function rulesAt(path: string): readonly CelRule[] {
  return groupsAt(path).flatMap(group => group.rules)
}

export function mapKeyAt(path: string): string | undefined {
  return groupsAt(path).find(group => group.mapKey !== undefined)?.mapKey
}

export function countRuledRefinements(path: string): number {
  return groupsAt(path).reduce((count, group) => count + (group.refinements ?? 0), 0)
}

function groupsAt(path: string): readonly ObjectRules[] {
  return objectRules.filter(({ at }) => path === at || path.endsWith(`.${at}`))
}
