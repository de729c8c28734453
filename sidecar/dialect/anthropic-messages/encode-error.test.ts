import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeError } from './encode-error.ts'

const usual: readonly (readonly [number, string])[] = [
  [400, 'invalid_request_error'],
  [401, 'authentication_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [413, 'request_too_large'],
  [422, 'invalid_request_error'],
  [429, 'rate_limit_error'],
  [500, 'api_error'],
  [502, 'api_error'],
  [503, 'overloaded_error'],
  [504, 'timeout_error'],
  [529, 'overloaded_error'],
]

for (const [status, type] of usual) {
  test(`says ${type} for ${status}, with our code beside it`, () => {
    assert.deepEqual(encodeError({ status, code: 'some_code', message: 'words', requestId: 'r1' }), {
      type: 'error',
      error: { type, message: 'words', code: 'some_code' },
      request_id: 'r1',
    })
  })
}

test('says that a prompt is too long in the words that clients look for, once', () => {
  const messageFor = (message: string) => {
    const error = { status: 400, code: 'context_overflow', message, requestId: 'r1' } as const
    return encodeError({ ...error, form: 'contextOverflow' })['error']
  }
  const form = (message: string) => ({
    type: 'invalid_request_error',
    message,
    code: 'context_overflow',
  })
  assert.deepEqual(messageFor('no window fits'), form('prompt is too long: no window fits'))
  assert.deepEqual(messageFor('prompt is too long: 9 > 8'), form('prompt is too long: 9 > 8'))
})
