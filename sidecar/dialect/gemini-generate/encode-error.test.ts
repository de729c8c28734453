import assert from 'node:assert/strict'
import { test } from 'node:test'
import { classifyInBandError } from '../../failure/classify-in-band.ts'
import { memberOf } from '../json-value.ts'
import { encodeError } from './encode-error.ts'

const error = { status: 429, code: 'rate_limited', message: 'slow down', requestId: 'q' }

test('has the shape by which Google’s clients raise an error', () => {
  const body = encodeError(error)
  assert.match(JSON.stringify(body), /^\{"error":\{"code":429,/)
  assert.equal(memberOf(body.error, 'status'), 'RESOURCE_EXHAUSTED')
  assert.match(JSON.stringify(body), /"reason":"rate_limited"/)
})

test('words a full context window as the vendor does', () => {
  const body = encodeError({ ...error, status: 400, form: 'contextOverflow', message: 'too long' })
  assert.equal(classifyInBandError({ dialect: 'Gemini', error: body }).kind, 'ContextOverflow')
})

test('names the parameter at fault', () => {
  assert.match(JSON.stringify(encodeError({ ...error, parameter: 'contents[0]' })), /"field":"contents\[0\]"/)
})
