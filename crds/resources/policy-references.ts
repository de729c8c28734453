// Where a policy names providers.
import type { PolicySpec } from './fallback-policy.ts'
import type { ProviderRef } from './policy-step.ts'

export interface Reference {
  /** Path of the `providerRef`. */
  readonly path: string
  readonly ref: ProviderRef
}

/**
 * Every reference of a policy, in the order in which they are written.
 * @param specPath where the policy stands in its object: `spec`, or `spec.defaults` of a cluster policy.
 */
export function referencesOf({ passThrough, routes }: PolicySpec, specPath: string): readonly Reference[] {
  const ofSteps = routes.flatMap((route, routeIndex) =>
    route.chain.flatMap(({ target }, stepIndex) => {
      const path = `${specPath}.routes[${routeIndex}].chain[${stepIndex}].target.providerRef`
      return target === undefined ? [] : [{ path, ref: target.providerRef }]
    }),
  )
  return passThrough === undefined
    ? ofSteps
    : [{ path: `${specPath}.passThrough.providerRef`, ref: passThrough.providerRef }, ...ofSteps]
}
