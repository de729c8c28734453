import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FailureKind } from '../../crds/vocabulary.ts'
import { classifyInBandError } from './classify-in-band.ts'
import { classifyResponse } from './classify-response.ts'

interface Answer {
  readonly status: number
  readonly name?: string
  readonly body: unknown
}

function classify({ status, name, body }: Answer) {
  const errorType = name && {
    'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
  }
  return classifyResponse({
    dialect: 'Bedrock',
    status,
    headers: { 'content-type': 'application/json', ...errorType },
    body: Buffer.from(JSON.stringify(body)),
  })
}

const cases: readonly (readonly [string, Answer, FailureKind])[] = [
  [
    'a throttle',
    {
      status: 429,
      name: 'ThrottlingException',
      body: { message: 'Too many tokens, please wait before trying again.' },
    },
    'RateLimited',
  ],
  [
    'a daily quota',
    { status: 429, name: 'ThrottlingException', body: { message: 'Too many tokens per day, please wait.' } },
    'QuotaExhausted',
  ],
  ['a model that is not ready', { status: 429, name: 'ModelNotReadyException', body: {} }, 'RateLimited'],
  [
    'a quota of the account',
    { status: 400, name: 'ServiceQuotaExceededException', body: { message: 'x' } },
    'QuotaExhausted',
  ],
  ['an overload', { status: 503, name: 'ServiceUnavailableException', body: { message: 'x' } }, 'Overloaded'],
  ['an internal error', { status: 500, name: 'InternalServerException', body: {} }, 'ServerError'],
  [
    'a model that failed',
    { status: 424, name: 'ModelErrorException', body: { originalStatusCode: 400 } },
    'ServerError',
  ],
  [
    'a model that was itself too busy',
    { status: 424, name: 'ModelErrorException', body: { originalStatusCode: 429 } },
    'RateLimited',
  ],
  [
    'a model that was itself overloaded',
    { status: 424, name: 'ModelErrorException', body: { originalStatusCode: 529 } },
    'Overloaded',
  ],
  ['a timeout', { status: 408, name: 'ModelTimeoutException', body: {} }, 'Timeout'],
  [
    'a prompt too long, with the class in the header',
    { status: 400, name: 'ValidationException', body: { message: 'Input is too long for requested model.' } },
    'ContextOverflow',
  ],
  [
    'a prompt too long, told by the model',
    { status: 400, body: { message: 'input length and `max_tokens` exceed context limit: 1 + 2 > 3' } },
    'ContextOverflow',
  ],
  [
    'an expired token, whatever its status',
    { status: 400, name: 'ExpiredTokenException', body: { message: 'x' } },
    'AuthFailed',
  ],
  [
    'a class that only the body names, with its namespace',
    { status: 400, body: { __type: 'com.amazon.coral.service#UnrecognizedClientException', message: 'x' } },
    'AuthFailed',
  ],
  ['any other refusal', { status: 400, name: 'ValidationException', body: { message: 'x' } }, 'BadRequest'],
  [
    'a model without a tariff of its own',
    { status: 400, body: { message: 'Invocation of model ID x with on-demand throughput isn’t supported.' } },
    'ModelUnavailable',
  ],
  [
    'an answer that was filtered',
    { status: 400, body: { message: 'Output blocked by content filtering policy' } },
    'GuardrailBlocked',
  ],
]

for (const [what, answer, kind] of cases) {
  test(`${what} is ${kind}`, () => {
    assert.equal(classify(answer).kind, kind)
  })
}

test('exceptions inside a stream are told by their names', () => {
  const kinds = (
    [
      'throttlingException',
      'serviceUnavailableException',
      'internalServerException',
      'modelStreamErrorException',
      'modelTimeoutException',
      'validationException',
    ] as const
  ).map(code => classifyInBandError({ dialect: 'Bedrock', error: { code, message: 'x' } }).kind)
  assert.deepEqual(kinds, [
    'RateLimited',
    'Overloaded',
    'ServerError',
    'ServerError',
    'Timeout',
    'BadRequest',
  ])
})
