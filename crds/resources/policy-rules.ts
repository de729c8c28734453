// What a FallbackPolicy must obey beyond its shape, as far as the object alone shows it. The list is the table of contents.
import { findUnreachableSteps } from './chain-reachability.ts'
import type { FallbackPolicy } from './fallback-policy.ts'
import { findRepeats } from './find-repeats.ts'
import { isCredentialHeader } from './headers.ts'
import type { PolicyRoute } from './policy-route.ts'
import type { PolicyStep } from './policy-step.ts'
import type { Finding } from './problem.ts'

export type PolicyRule = (policy: FallbackPolicy) => readonly Finding[]

export const policyRules: readonly PolicyRule[] = [
  operationsAreBuilt,
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

function operationsAreBuilt(policy: FallbackPolicy): readonly Finding[] {
  return eachRoute(policy, (route, path) =>
    (route.match?.operations ?? []).flatMap((operation, index) =>
      operation === 'Chat'
        ? []
        : [
            {
              path: `${path}.match.operations[${index}]`,
              message: 'not supported yet: this version serves Chat',
              value: operation,
            },
          ],
    ),
  )
}

function brokenStreamsTerminate(policy: FallbackPolicy): readonly Finding[] {
  return eachRoute(policy, ({ streaming }, path) =>
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

function tenantHeaderIsNoCredential({ spec }: FallbackPolicy): readonly Finding[] {
  const header = spec.tenant?.header
  if (header === undefined || !isCredentialHeader(header)) return []
  // The tenant is written to the audit log and into cache keys.
  return [
    { path: 'spec.tenant.header', message: 'a header with a credential is not a tenant', value: header },
  ]
}

function matchedHeadersAreNoCredentials(policy: FallbackPolicy): readonly Finding[] {
  return eachRoute(policy, (route, path) =>
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

function routeNamesAreUnique({ spec }: FallbackPolicy): readonly Finding[] {
  return findRepeats(spec.routes).map(index => ({
    path: `spec.routes[${index}].name`,
    message: 'route names are unique within a policy',
    value: spec.routes[index]?.name,
  }))
}

function stepNamesAreUnique(policy: FallbackPolicy): readonly Finding[] {
  return eachRoute(policy, ({ chain }, path) =>
    findRepeats(chain).map(index => ({
      path: `${path}.chain[${index}].name`,
      message: 'step names are unique within a route',
      value: chain[index]?.name,
    })),
  )
}

function firstStepIsEnteredByTheRequest(policy: FallbackPolicy): readonly Finding[] {
  return eachRoute(policy, ({ chain }, path) =>
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

function firstStepIsNotTheCache(policy: FallbackPolicy): readonly Finding[] {
  return eachRoute(policy, ({ chain }, path) =>
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

function onlyTargetsHaveTargetSettings(policy: FallbackPolicy): readonly Finding[] {
  return eachStep(policy, (step, path) =>
    step.target !== undefined
      ? []
      : targetSettings
          .filter(setting => step[setting] !== undefined)
          .map(setting => ({ path: `${path}.${setting}`, message: 'only a step with a target has this' })),
  )
}

function everyStepIsReachable(policy: FallbackPolicy): readonly Finding[] {
  return eachRoute(policy, ({ chain }, path) =>
    // A cache at the head has a rule of its own.
    chain[0]?.cache !== undefined
      ? []
      : findUnreachableSteps(chain).map(({ position, reason }) => ({
          path: `${path}.chain[${position}]`,
          message: reason,
        })),
  )
}

function eachRoute(
  policy: FallbackPolicy,
  find: (route: PolicyRoute, path: string) => readonly Finding[],
): readonly Finding[] {
  return policy.spec.routes.flatMap((route, index) => find(route, `spec.routes[${index}]`))
}

function eachStep(
  policy: FallbackPolicy,
  find: (step: PolicyStep, path: string) => readonly Finding[],
): readonly Finding[] {
  return eachRoute(policy, (route, path) =>
    route.chain.flatMap((step, index) => find(step, `${path}.chain[${index}]`)),
  )
}
