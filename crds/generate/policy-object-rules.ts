// Twins of `policyRules`, and of what a chain must obey.
import { defaultFloorWhen, failureKinds } from '../vocabulary.ts'
import { quoteList } from './cel-text.ts'
import { namesAreUnique, namesNoCredential } from './name-rules.ts'
import type { ObjectRules } from './object-rules.ts'
import type { CelRule } from './structural-schema.ts'

/** Of one chain. */
export const maxSteps = 16

/** What goes past a manual step that does not say what enters it. */
const passingKinds = quoteList(failureKinds.filter(kind => !defaultFloorWhen.includes(kind)))

/** Positions that have one behind them: the language counts over lists only, so the numbers are one. */
const positions = `[${Array.from({ length: maxSteps - 1 }, (_, position) => position).join(', ')}]`
const takesAll = 'has(self[at].manual) && !has(self[at].when)'
const nextTakesTheRest = `has(self[at + 1].when) && self[at + 1].when.exists(kind, kind in ${passingKinds})`

/** The mistake that people make: something behind the floor. The whole of `everyStepIsReachable` is the webhook's. */
const nothingBehindTheFloor: CelRule = {
  rule: `${positions}.all(at, at + 1 >= self.size() || !(${takesAll}) || (${nextTakesTheRest}))`,
  message: 'no failure can reach this step: the manual step before it takes every one; put it last',
}

function onlyForTargets(setting: string): CelRule {
  return {
    rule: `has(self.target) || !has(self.${setting})`,
    message: 'only a step with a target has this',
    fieldPath: `.${setting}`,
    reason: 'FieldValueForbidden',
  }
}

export const policyObjectRules: readonly ObjectRules[] = [
  {
    at: 'tenant.header',
    twinOf: ['tenantHeaderIsNoCredential'],
    rules: [{ rule: namesNoCredential(), message: 'a header with a credential is not a tenant' }],
  },
  {
    at: 'routes',
    twinOf: ['routeNamesAreUnique'],
    rules: [namesAreUnique('route names are unique within a policy', entry => `${entry}.name`)],
  },
  {
    at: 'match.headers[].name',
    twinOf: ['matchedHeadersAreNoCredentials'],
    rules: [{ rule: namesNoCredential(), message: 'a header with a credential cannot choose a route' }],
  },
  {
    at: 'streaming.onBreak',
    twinOf: ['brokenStreamsTerminate'],
    rules: [{ rule: 'self == "Terminate"', message: 'not supported yet: this version can only Terminate' }],
  },
  {
    at: 'chain',
    twinOf: [
      'stepNamesAreUnique',
      'firstStepIsEnteredByTheRequest',
      'firstStepIsNotTheCache',
      'everyStepIsReachable',
    ],
    rules: [
      namesAreUnique('step names are unique within a route', entry => `${entry}.name`),
      {
        rule: 'self.size() == 0 || !has(self[0].when)',
        message: 'the first step is entered by the request, not by a failure: remove its `when`',
        reason: 'FieldValueForbidden',
      },
      {
        rule: 'self.size() == 0 || !has(self[0].cache)',
        message: 'a cache step answers for failed steps before it: to ask the cache first, use cacheFirst',
      },
      nothingBehindTheFloor,
    ],
  },
  {
    at: 'chain[]',
    twinOf: ['onlyTargetsHaveTargetSettings'],
    rules: ['timeout', 'retry', 'circuitBreaker'].map(onlyForTargets),
  },
]
