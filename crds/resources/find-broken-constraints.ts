// What constraints forbid in a policy. Each constraint is judged for itself; several cluster policies are asked one by one.
import type { Constraints } from './cluster-fallback-policy.ts'
import { formatDuration, toMilliseconds } from './durations.ts'
import type { PolicySpec } from './fallback-policy.ts'
import { matchesGlob } from './glob.ts'
import { referencesOf } from './policy-references.ts'
import { type PolicyRoute, routeDefaults } from './policy-route.ts'
import type { ProviderRef } from './policy-step.ts'
import type { Finding } from './problem.ts'

export interface ConstraintQuestion {
  /** Where the policy stands in its object: `spec`, or `spec.defaults` of a cluster policy. */
  readonly path: string
  readonly constraints: Constraints
  /** Who sets them, as the messages say it: `ClusterFallbackPolicy platform`. */
  readonly owner: string
  /** What is known of a provider that is referred to; absent, or undefined for one provider: nothing is, and its region passes. */
  readonly findProvider?: (ref: ProviderRef) => { readonly region?: string } | undefined
}

type ConstraintRule = (spec: PolicySpec, question: ConstraintQuestion) => readonly Finding[]

const constraintRules: readonly ConstraintRule[] = [
  modeIsAllowed,
  deadlinesAreShortEnough,
  attemptsAreFewEnough,
  providersAreAllowed,
  modelsAreAllowed,
  passThroughIsBounded,
  regionsAreAllowed,
]

/** Every place in which the policy breaks a constraint; empty when it keeps to all of them. */
export function findBrokenConstraints(spec: PolicySpec, question: ConstraintQuestion): readonly Finding[] {
  return constraintRules.flatMap(rule => rule(spec, question))
}

function modeIsAllowed(
  spec: PolicySpec,
  { path, constraints, owner }: ConstraintQuestion,
): readonly Finding[] {
  const { modes } = constraints
  if (modes === undefined || modes.includes(spec.mode)) return []
  return [{ path: `${path}.mode`, message: `${owner} allows ${modes.join(', ')} only`, value: spec.mode }]
}

function deadlinesAreShortEnough(spec: PolicySpec, question: ConstraintQuestion): readonly Finding[] {
  const { maxDeadline } = question.constraints
  if (maxDeadline === undefined) return []
  const maxMs = toMilliseconds(maxDeadline)
  return eachRoute(spec, question, ({ limits }, path) =>
    toMilliseconds(limits.deadline) <= maxMs
      ? []
      : [
          {
            path: `${path}.limits.deadline`,
            message: `${question.owner} allows at most ${formatDuration(maxMs)}`,
            value: limits.deadline,
          },
        ],
  )
}

function attemptsAreFewEnough(spec: PolicySpec, question: ConstraintQuestion): readonly Finding[] {
  const { maxAttempts } = question.constraints
  if (maxAttempts === undefined) return []
  return eachRoute(spec, question, ({ limits }, path) =>
    limits.attempts <= maxAttempts
      ? []
      : [
          {
            path: `${path}.limits.attempts`,
            message: `${question.owner} allows at most ${maxAttempts}`,
            value: limits.attempts,
          },
        ],
  )
}

function providersAreAllowed(spec: PolicySpec, question: ConstraintQuestion): readonly Finding[] {
  const { providers } = question.constraints
  if (providers === undefined) return []
  return eachReference(spec, question, (ref, path) =>
    providers.some(pattern => allowsProvider(pattern, ref))
      ? []
      : [
          {
            path: `${path}.name`,
            message: `${question.owner} allows the providers ${listed(providers)} only`,
            value: ref.name,
          },
        ],
  )
}

/** A pattern with a kind before it is about that kind only. */
function allowsProvider(pattern: string, { kind, name }: ProviderRef): boolean {
  return matchesGlob(pattern, pattern.includes('/') ? `${kind}/${name}` : name)
}

function modelsAreAllowed(spec: PolicySpec, question: ConstraintQuestion): readonly Finding[] {
  const { models } = question.constraints
  if (models === undefined) return []
  return eachRoute(spec, question, ({ chain }, path) =>
    chain.flatMap(({ target }, index) =>
      target === undefined || models.some(pattern => matchesGlob(pattern, target.model))
        ? []
        : [
            {
              path: `${path}.chain[${index}].target.model`,
              message: `${question.owner} allows the models ${listed(models)} only`,
              value: target.model,
            },
          ],
    ),
  )
}

/** A pass-through has no route that could bound it: any model, and the deadline that routes have by default. */
function passThroughIsBounded(
  { passThrough }: PolicySpec,
  { path, constraints, owner }: ConstraintQuestion,
): readonly Finding[] {
  const { models, maxDeadline } = constraints
  if (passThrough === undefined) return []
  const { deadline } = routeDefaults.limits
  const reasons = [
    ...(models === undefined || models.includes('*') ? [] : [`the models ${listed(models)} only`]),
    ...(maxDeadline === undefined || toMilliseconds(maxDeadline) >= toMilliseconds(deadline)
      ? []
      : [`a deadline of at most ${maxDeadline}`]),
  ]
  return reasons.map(reason => ({
    path: `${path}.passThrough`,
    message: `${owner} allows ${reason}, which nothing holds here: use a route without match`,
  }))
}

function regionsAreAllowed(spec: PolicySpec, question: ConstraintQuestion): readonly Finding[] {
  const { regions } = question.constraints
  if (regions === undefined) return []
  return eachReference(spec, question, (ref, path) => {
    const provider = question.findProvider?.(ref)
    if (provider === undefined) return []
    const { region } = provider
    if (region !== undefined && regions.some(pattern => matchesGlob(pattern, region))) return []
    const place = region === undefined ? 'this provider names no region' : `this provider is in ${region}`
    const message = `${question.owner} allows the regions ${listed(regions)} only; ${place}`
    return [{ path: `${path}.name`, message, value: ref.name }]
  })
}

function eachRoute(
  spec: PolicySpec,
  { path }: ConstraintQuestion,
  find: (route: PolicyRoute, path: string) => readonly Finding[],
): readonly Finding[] {
  return spec.routes.flatMap((route, index) => find(route, `${path}.routes[${index}]`))
}

function eachReference(
  spec: PolicySpec,
  { path }: ConstraintQuestion,
  find: (ref: ProviderRef, path: string) => readonly Finding[],
): readonly Finding[] {
  return referencesOf(spec, path).flatMap(reference => find(reference.ref, reference.path))
}

const mostListed = 5

function listed(patterns: readonly string[]): string {
  const shown = patterns.slice(0, mostListed).join(', ')
  return patterns.length > mostListed ? `${shown} and ${patterns.length - mostListed} more` : shown
}
