import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeError } from './encode-error.ts'

const error = { status: 503, code: 'overloaded', message: 'm', requestId: 'r' }

test('own failures are wrapped as the vendor wraps its own', () => {
  assert.deepEqual(encodeError({ ...error, parameter: 'model' }), {
    error: { message: 'm', type: 'llm_fallback_error', param: 'model', code: 'overloaded' },
  })
})

test('an overflow has the code that clients shorten and retry on', () => {
  assert.deepEqual(encodeError({ ...error, form: 'contextOverflow' }), {
    error: {
      message: 'm',
      type: 'invalid_request_error',
      param: 'messages',
      code: 'context_length_exceeded',
    },
  })
})
