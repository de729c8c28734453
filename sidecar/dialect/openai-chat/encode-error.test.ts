import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeError } from './encode-error.ts'

const error = { status: 503, code: 'overloaded', message: 'm', requestId: 'r' }

test('own failures are wrapped as the vendor wraps its own', () => {
  assert.deepEqual(encodeError({ ...error, parameter: 'model' }), {
    error: { message: 'm', type: 'llm_fallback_error', param: 'model', code: 'overloaded' },
  })
})

test('an overflow has the code and the words that clients shorten and retry on', () => {
  assert.deepEqual(encodeError({ ...error, form: 'contextOverflow' }), {
    error: {
      message: 'the maximum context length is exceeded: m',
      type: 'invalid_request_error',
      param: 'messages',
      code: 'context_length_exceeded',
    },
  })
})

test('an overflow that has the words already keeps its message', () => {
  const message = "This model's maximum context length is 8192 tokens."
  assert.partialDeepStrictEqual(encodeError({ ...error, message, form: 'contextOverflow' }), {
    error: { message },
  })
})
