// What a policy must obey beyond its shape, as far as the object alone shows it. The list is the table of contents.
import { findUnreachableSteps } from './chain-reachability.ts'
import type { PolicySpec } from './fallback-policy.ts'
import { findRepeats } from './find-repeats.ts'
import { isCredentialHeader } from './headers.ts'
import type { PolicyRoute } from './policy-route.ts'
import type { PolicyStep } from './policy-step.ts'
import type { Finding } from './problem.ts'

/** `specPath` is where the spec stands in its object: `spec`, or `spec.defaults` of a cluster policy. */
export type PolicyRule = (spec: PolicySpec, specPath: string) => readonly Finding[]

export const policyRules: readonly PolicyRule[] = [
  brokenStreamsTerminate,
  tenantHeaderIsNoCredential,
  matchedHeadersAreNoCredentials,
  routeNamesAreUnique,
  stepNamesAreUnique,
  firstStepIsEnteredByTheRequest,
  firstStepIsNotTheCache,
  onlyTargetsHaveTargetSettings,
  everyStepIsReachable,
]

/** What is wrong with a whole policy, wherever in an object it stands. */
export function judgePolicySpec(spec: PolicySpec, specPath: string): readonly Finding[] {
  return policyRules.flatMap(rule => rule(spec, specPath))
}

function brokenStreamsTerminate(spec: PolicySpec, specPath: string): readonly Finding[] {
  return eachRoute({ spec, specPath }, ({ streaming }, path) =>
    streaming.onBreak === 'Terminate'
      ? []
      : [
          {
            path: `${path}.streaming.onBreak`,
            message: 'not supported yet: this version can only Terminate',
            value: streaming.onBreak,
          },
        ],
  )
}

function tenantHeaderIsNoCredential(spec: PolicySpec, specPath: string): readonly Finding[] {
  const header = spec.tenant?.header
  if (header === undefined || !isCredentialHeader(header)) return []
  // The tenant is written to the audit log and into cache keys.
  return [
    {
      path: `${specPath}.tenant.header`,
      message: 'a header with a credential is not a tenant',
      value: header,
    },
  ]
}

function matchedHeadersAreNoCredentials(spec: PolicySpec, specPath: string): readonly Finding[] {
  return eachRoute({ spec, specPath }, (route, path) =>
    (route.match?.headers ?? []).flatMap((header, index) =>
      isCredentialHeader(header.name)
        ? [
            {
              path: `${path}.match.headers[${index}].name`,
              message: 'a header with a credential cannot choose a route',
              value: header.name,
            },
          ]
        : [],
    ),
  )
}

function routeNamesAreUnique(spec: PolicySpec, specPath: string): readonly Finding[] {
  return findRepeats(spec.routes).map(index => ({
    path: `${specPath}.routes[${index}].name`,
    message: 'route names are unique within a policy',
    value: spec.routes[index]?.name,
  }))
}

function stepNamesAreUnique(spec: PolicySpec, specPath: string): readonly Finding[] {
  return eachRoute({ spec, specPath }, ({ chain }, path) =>
    findRepeats(chain).map(index => ({
      path: `${path}.chain[${index}].name`,
      message: 'step names are unique within a route',
      value: chain[index]?.name,
    })),
  )
}

function firstStepIsEnteredByTheRequest(spec: PolicySpec, specPath: string): readonly Finding[] {
  return eachRoute({ spec, specPath }, ({ chain }, path) =>
    chain[0]?.when === undefined
      ? []
      : [
          {
            path: `${path}.chain[0].when`,
            message: 'the first step is entered by the request, not by a failure',
          },
        ],
  )
}

function firstStepIsNotTheCache(spec: PolicySpec, specPath: string): readonly Finding[] {
  return eachRoute({ spec, specPath }, ({ chain }, path) =>
    chain[0]?.cache === undefined
      ? []
      : [
          {
            path: `${path}.chain[0].cache`,
            // A miss is not a failure, so no later step would be entered.
            message:
              'a cache step answers for failed steps before it: to ask the cache first, use cacheFirst',
          },
        ],
  )
}

const targetSettings = ['timeout', 'retry', 'circuitBreaker'] as const

function onlyTargetsHaveTargetSettings(spec: PolicySpec, specPath: string): readonly Finding[] {
  return eachStep({ spec, specPath }, (step, path) =>
    step.target !== undefined
      ? []
      : targetSettings
          .filter(setting => step[setting] !== undefined)
          .map(setting => ({ path: `${path}.${setting}`, message: 'only a step with a target has this' })),
  )
}

function everyStepIsReachable(spec: PolicySpec, specPath: string): readonly Finding[] {
  return eachRoute({ spec, specPath }, ({ chain }, path) =>
    // A cache at the head has a rule of its own.
    chain[0]?.cache !== undefined
      ? []
      : findUnreachableSteps(chain).map(({ position, reason }) => ({
          path: `${path}.chain[${position}]`,
          message: reason,
        })),
  )
}

interface PlacedSpec {
  readonly spec: PolicySpec
  readonly specPath: string
}

function eachRoute(
  { spec, specPath }: PlacedSpec,
  find: (route: PolicyRoute, path: string) => readonly Finding[],
): readonly Finding[] {
  return spec.routes.flatMap((route, index) => find(route, `${specPath}.routes[${index}]`))
}

function eachStep(
  placed: PlacedSpec,
  find: (step: PolicyStep, path: string) => readonly Finding[],
): readonly Finding[] {
  return eachRoute(placed, (route, path) =>
    route.chain.flatMap((step, index) => find(step, `${path}.chain[${index}]`)),
  )
}
