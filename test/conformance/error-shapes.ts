// The error objects that the vendors' clients look for, each written down once more apart from the adapters.
import assert from 'node:assert/strict'
import type { JsonValue } from '../../sidecar/dialect/completion.ts'
import type { CallerError, CallerFormat } from '../../sidecar/dialect/dialect.ts'
import { isJsonObject, memberOf } from '../../sidecar/dialect/json-value.ts'

/** @param said the request id may be the sidecar's own: any will do. */
export function assertErrorShape(
  format: CallerFormat,
  body: JsonValue,
  said: Pick<CallerError, 'status' | 'code'>,
): void {
  assert.ok(isJsonObject(body))
  switch (format.provider) {
    case 'OpenAI':
    case 'AzureOpenAI':
      return assertOpenAi(body, said)
    case 'Anthropic':
      return assertAnthropic(body, said)
    case 'Gemini':
      return assertGoogle(body, said)
    case 'Bedrock':
      return assertAws(body, said)
    case 'Cohere':
      return assertCohere(body, said)
  }
}

type Said = Pick<CallerError, 'status' | 'code'>

function assertOpenAi(body: JsonValue, { code }: Said): void {
  const error = memberOf(body, 'error')
  assert.equal(typeof memberOf(error, 'message'), 'string')
  const isOverflow = code === 'context_overflow'
  assert.equal(memberOf(error, 'type'), isOverflow ? 'invalid_request_error' : 'llm_fallback_error')
  assert.equal(memberOf(error, 'code'), isOverflow ? 'context_length_exceeded' : code)
  assert.ok(memberOf(error, 'param') !== undefined)
}

const anthropicTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  404: 'not_found_error',
  422: 'invalid_request_error',
  429: 'rate_limit_error',
  502: 'api_error',
  503: 'overloaded_error',
  504: 'timeout_error',
}

function assertAnthropic(body: JsonValue, { status, code }: Said): void {
  assert.equal(memberOf(body, 'type'), 'error')
  const error = memberOf(body, 'error')
  assert.equal(memberOf(error, 'type'), anthropicTypes[status])
  assert.equal(typeof memberOf(error, 'message'), 'string')
  assert.equal(memberOf(error, 'code'), code)
  assert.equal(typeof memberOf(body, 'request_id'), 'string')
}

const googleNames: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  404: 'NOT_FOUND',
  422: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

function assertGoogle(body: JsonValue, { status, code }: Said): void {
  const error = memberOf(body, 'error')
  assert.equal(memberOf(error, 'code'), status)
  assert.equal(memberOf(error, 'status'), googleNames[status])
  assert.equal(typeof memberOf(error, 'message'), 'string')
  const details = memberOf(error, 'details')
  assert.ok(Array.isArray(details))
  assert.equal(memberOf(details[0], 'reason'), code)
}

const awsNames: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  404: 'ResourceNotFoundException',
  422: 'ValidationException',
  429: 'ThrottlingException',
  502: 'InternalServerException',
  503: 'ServiceUnavailableException',
  504: 'ModelTimeoutException',
}

function assertAws(body: JsonValue, { status, code }: Said): void {
  assert.equal(typeof memberOf(body, 'message'), 'string')
  assert.equal(memberOf(body, '__type'), awsNames[status])
  assert.equal(memberOf(body, 'code'), code)
}

function assertCohere(body: JsonValue, { code }: Said): void {
  assert.equal(typeof memberOf(body, 'id'), 'string')
  assert.equal(typeof memberOf(body, 'message'), 'string')
  assert.equal(memberOf(body, 'code'), code)
}
