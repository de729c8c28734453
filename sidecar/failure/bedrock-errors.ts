// Amazon Bedrock. The class of an error stands in a header (`x-amzn-errortype`), in a frame of the stream or in the body.
import { type ErrorFacts, originalStatusWord } from './error-facts.ts'
import type { ErrorRule } from './error-rules.ts'

/** `Name:http://…` or `namespace#Name`: the name alone, in lower case. */
function nameIn(text: string): string {
  return text.replace(/^.*#/, '').replace(/:.*$/s, '').trim().toLowerCase()
}

/** Fits an error of one of these classes, whichever way it is named. */
function named(...names: readonly string[]): (facts: ErrorFacts) => boolean {
  return ({ words, headers }) => {
    const header = nameIn(headers['x-amzn-errortype'] ?? '')
    return names.some(name => words.has(name) || header === name)
  }
}

export const bedrockErrors: readonly ErrorRule[] = [
  {
    kind: 'ContextOverflow',
    detail: 'the prompt does not fit the context window',
    message:
      /input tokens exceeded|number of input tokens exceeds|input is too long|prompt is too long|too many input tokens|exceed(?:s|ed)? (?:the )?(?:model'?s )?context (?:limit|window|length)|maximum context length|exceeds the maximum number of tokens/i,
    // "Too many tokens, please wait" is a rate limit.
    holds: facts => !named('throttlingexception')(facts) && facts.status !== 429,
  },
  {
    kind: 'QuotaExhausted',
    detail: 'a daily quota of the account is used up',
    message: /(?:tokens|requests) per day/i,
    holds: named('throttlingexception'),
  },
  {
    kind: 'QuotaExhausted',
    detail: 'a daily quota of the account is used up',
    at: [429],
    message: /(?:tokens|requests) per day/i,
  },
  {
    kind: 'QuotaExhausted',
    detail: 'a quota of the account is reached',
    holds: named('servicequotaexceededexception'),
  },
  {
    kind: 'AuthFailed',
    detail: 'the provider refuses the credential',
    holds: named(
      'accessdeniedexception',
      'unrecognizedclientexception',
      'expiredtokenexception',
      'invalidsignatureexception',
      'incompletesignatureexception',
      'missingauthenticationtokenexception',
      'invalidclienttokenid',
    ),
  },
  {
    kind: 'GuardrailBlocked',
    detail: 'a guardrail of the provider blocked the answer',
    at: [400],
    message: /blocked by content filtering policy/i,
  },
  {
    kind: 'ModelUnavailable',
    detail: 'the provider does not know the model',
    at: [400, 404],
    message:
      /model identifier is invalid|on-demand throughput isn.t supported|reached the end of its life|provided model doesn.t (?:exist|support on-demand)/i,
  },
  {
    kind: 'ModelUnavailable',
    detail: 'the provider does not know the model',
    holds: named('resourcenotfoundexception'),
  },
  {
    kind: 'RateLimited',
    detail: 'the provider limits the rate',
    holds: named('throttlingexception', 'toomanyrequestsexception', 'modelnotreadyexception'),
  },
  {
    kind: 'Overloaded',
    detail: 'the provider is overloaded',
    holds: named('serviceunavailableexception'),
  },
  {
    kind: 'Timeout',
    detail: 'the provider gave up waiting for its own answer',
    holds: named('modeltimeoutexception'),
  },
  // A model that failed: the status that it had answered itself tells why.
  { kind: 'RateLimited', detail: 'the provider limits the rate', words: [originalStatusWord(429)] },
  {
    kind: 'Overloaded',
    detail: 'the provider is overloaded',
    words: [originalStatusWord(503), originalStatusWord(529)],
  },
  {
    kind: 'ServerError',
    detail: 'the provider failed',
    holds: named(
      'internalserverexception',
      'internalfailure',
      'modelerrorexception',
      'modelstreamerrorexception',
    ),
  },
]

/** What an exception inside a stream means when no rule tells: by its name alone. */
export const bedrockStatusOfWord: Readonly<Record<string, number>> = {
  validationexception: 400,
  conflictexception: 400,
}
