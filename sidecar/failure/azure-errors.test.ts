// Answers built after the vendor's documentation and users' reports; none of these is a recording.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FailureKind } from '../../crds/vocabulary.ts'
import { classifyInBandError } from './classify-in-band.ts'
import { classifyResponse } from './classify-response.ts'

const filtered = {
  code: 'content_filter',
  message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
  param: 'prompt',
  status: 400,
  innererror: {
    code: 'ResponsibleAIPolicyViolation',
    content_filter_result: { violence: { filtered: true, severity: 'high' } },
  },
}

const rows: readonly (readonly [about: string, kind: FailureKind, status: number, error: unknown])[] = [
  ['a filtered prompt', 'GuardrailBlocked', 400, filtered],
  ['a wrong key', 'AuthFailed', 401, { code: '401', message: 'Access denied due to invalid key' }],
  ['a gateway whose quota is spent', 'QuotaExhausted', 403, { message: 'Out of call volume quota. Wait.' }],
  ['keys that are switched off', 'AuthFailed', 403, { code: 'AuthenticationTypeDisabled' }],
  ['an unknown deployment', 'ModelUnavailable', 404, { code: 'DeploymentNotFound' }],
  ['an unknown model of the catalogue', 'ModelUnavailable', 400, { code: 'unknown_model' }],
  ['an operation that the deployment lacks', 'ModelUnavailable', 400, { code: 'OperationNotSupported' }],
  ['a rate that is used up', 'RateLimited', 429, { code: '429', message: 'Please retry after 20 seconds.' }],
  ['a rate of the catalogue', 'RateLimited', 429, { code: 'RateLimitReached' }],
  [
    'a day that is used up',
    'QuotaExhausted',
    429,
    { code: '429', message: 'Please retry after 86400 seconds.' },
  ],
  ['an account without quota', 'QuotaExhausted', 429, { code: 'insufficient_quota' }],
  ['a full window', 'ContextOverflow', 400, { code: 'context_length_exceeded' }],
  ['a full window of the catalogue', 'ContextOverflow', 413, { code: 'tokens_limit_reached' }],
  ['a lack of capacity', 'Overloaded', 503, { code: 'NoCapacity' }],
  ['an error of the server', 'ServerError', 500, { code: 'InternalServerError' }],
]

for (const [about, kind, status, error] of rows) {
  test(`Azure: ${about} is ${kind}`, () => {
    const body = Buffer.from(JSON.stringify({ error }))
    assert.equal(classifyResponse({ dialect: 'AzureOpenAI', status, headers: {}, body }).kind, kind)
  })
}

test('Azure: a wait in the message counts, a header of zero does not', () => {
  const body = Buffer.from(
    JSON.stringify({ error: { code: '429', message: 'Please retry after 7 seconds.' } }),
  )
  const headers = { 'retry-after-ms': '0', 'x-ratelimit-reset-requests': '2146' }
  const failure = classifyResponse({ dialect: 'AzureOpenAI', status: 429, headers, body })
  assert.equal(failure.retryAfterMs, 7000)
})

test('Azure: a filter inside a stream blocks, too', () => {
  assert.equal(classifyInBandError({ dialect: 'AzureOpenAI', error: filtered }).kind, 'GuardrailBlocked')
})
