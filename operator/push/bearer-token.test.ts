import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readBearerToken } from './bearer-token.ts'

test('reads the token of a bearer header, whatever the case of the scheme', () => {
  assert.equal(readBearerToken('Bearer ab.c-d_e'), 'ab.c-d_e')
  assert.equal(readBearerToken('bearer ab=='), 'ab==')
})

test('reads nothing out of anything else', () => {
  const others = [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Basic YTpi',
    'Bearer a b',
    'Bearer a, Bearer b',
    'Bearer {"a":1}',
  ]
  for (const other of others) assert.equal(readBearerToken(other), undefined)
})

test('reads no token that is longer than any token is', () => {
  assert.equal(readBearerToken(`Bearer ${'a'.repeat(9_000)}`), undefined)
})
