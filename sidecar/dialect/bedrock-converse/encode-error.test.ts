import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeError, errorHeaders } from './encode-error.ts'

const error = { code: 'rate_limited', message: 'no', requestId: '1' }

test('the name of the exception stands in the header and in the body', () => {
  assert.deepEqual(encodeError({ ...error, status: 429 }), {
    message: 'no',
    __type: 'ThrottlingException',
    code: 'rate_limited',
  })
  assert.deepEqual(errorHeaders({ ...error, status: 429 }), { 'x-amzn-errortype': 'ThrottlingException' })
})

test('each status has the exception that clients know for it', () => {
  const names = [400, 401, 403, 404, 408, 422, 424, 500, 502, 503, 504].map(
    status => errorHeaders({ ...error, status })['x-amzn-errortype'],
  )
  assert.deepEqual(names, [
    'ValidationException',
    'UnrecognizedClientException',
    'AccessDeniedException',
    'ResourceNotFoundException',
    'ModelTimeoutException',
    'ValidationException',
    'ModelErrorException',
    'InternalServerException',
    'InternalServerException',
    'ServiceUnavailableException',
    'ModelTimeoutException',
  ])
})

test('a full window is told in the words that clients look for, once', () => {
  const overflow = { ...error, status: 400, form: 'contextOverflow' as const }
  const once = encodeError({ ...overflow, message: 'too much' })['message']
  assert.equal(once, 'Input is too long for requested model. too much')
  assert.equal(encodeError({ ...overflow, message: String(once) })['message'], once)
})
