import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Confidential } from '../failure/confidential.ts'
import { credentialHeader } from './authorize.ts'

const scheme = { kind: 'header', name: 'api-key', tokens: 'bearer' } as const
const token = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln'

test('where tokens are taken beside keys, each stands where it belongs', () => {
  assert.deepEqual(credentialHeader(scheme, new Confidential(token)), ['authorization', `Bearer ${token}`])
  assert.deepEqual(credentialHeader(scheme, new Confidential('0123abcd')), ['api-key', '0123abcd'])
})

test('where only keys are taken, whatever comes is one', () => {
  const keysOnly = { kind: 'header', name: 'x-api-key' } as const
  assert.deepEqual(credentialHeader(keysOnly, new Confidential(token)), ['x-api-key', token])
})
