// Azure OpenAI and the model catalogue of Azure AI: OpenAI's errors, and some of the platform around them. The platform's own
// are asked first. In the order in which the rules are asked.
import type { ErrorRule } from './error-rules.ts'
import { openAiErrors, openAiStatusOfWord } from './openai-errors.ts'

const blocked = 'a guardrail of the provider blocked the request'

const platformErrors: readonly ErrorRule[] = [
  // Prompt and answer alike; a shield against injection reports itself under the same codes.
  {
    kind: 'GuardrailBlocked',
    detail: blocked,
    words: ['content_filter', 'responsibleaipolicyviolation', 'contentfilter', 'jailbreak'],
  },
  {
    kind: 'ModelUnavailable',
    detail: 'the provider does not know the model',
    words: [
      'deploymentnotfound',
      'modelnotfound',
      'unknown_model',
      'unavailable_model',
      'modeldeprecated',
      'deploymentisbeingcreated',
    ],
  },
  // The model is there, but not for this operation or in this version of the API.
  {
    kind: 'ModelUnavailable',
    detail: 'the deployment has no such operation',
    at: [400, 404],
    words: ['operationnotsupported'],
  },
  {
    kind: 'QuotaExhausted',
    detail: 'the account at the provider has no money or quota left',
    words: ['quotaexceeded', 'insufficientquota', 'subscriptiondisabled', 'subscriptionnotfound'],
  },
  {
    kind: 'QuotaExhausted',
    detail: 'the account at the provider has no money or quota left',
    at: [403],
    // The gateway that stands in front of many deployments.
    message: /^out of call volume quota\b/i,
  },
  {
    kind: 'ContextOverflow',
    detail: 'the provider finds the request too large',
    at: [400, 413],
    words: ['tokens_limit_reached', 'requestentitytoolarge'],
  },
  {
    kind: 'AuthFailed',
    detail: 'the provider refuses the credential',
    words: [
      'permissiondenied',
      'authenticationtypedisabled',
      'invalidauthenticationtokentenant',
      'expiredauthenticationtoken',
      'accessdenied',
    ],
  },
  {
    kind: 'RateLimited',
    detail: 'the provider limits the rate',
    at: [429],
    words: ['ratelimitreached', 'toomanyrequests', 'ratelimitexceeded', '429'],
  },
  {
    kind: 'Overloaded',
    detail: 'the provider is overloaded',
    at: [500, 503],
    words: ['nocapacity', 'serviceunavailable', 'serverbusy', 'enginebusy'],
  },
]

export const azureErrors: readonly ErrorRule[] = [...platformErrors, ...openAiErrors]

/** What an error inside a 200 means when neither a rule nor a numeric code tells: by its type alone. */
export const azureStatusOfWord: Readonly<Record<string, number>> = {
  ...openAiStatusOfWord,
  badrequest: 400,
  unauthorized: 401,
  timeout: 408,
  internalservererror: 500,
}
