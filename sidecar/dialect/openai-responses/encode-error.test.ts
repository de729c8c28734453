import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeError } from './encode-error.ts'

const error = { status: 503, code: 'overloaded', message: 'no', requestId: '1' }

test('wraps the error, without which clients lose its message', () => {
  assert.deepEqual(encodeError(error), {
    error: { message: 'no', type: 'llm_fallback_error', param: null, code: 'overloaded' },
  })
})

test('a context overflow takes the form that clients know', () => {
  assert.deepEqual(encodeError({ ...error, status: 400, form: 'contextOverflow' }), {
    error: {
      message: 'the maximum context length is exceeded: no',
      type: 'invalid_request_error',
      param: 'input',
      code: 'context_length_exceeded',
    },
  })
})
