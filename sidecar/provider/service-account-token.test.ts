import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isServiceAccountToken } from './service-account-token.ts'

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const token = (claims: unknown) => `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`

test('tokens of pods and tokens of Secrets are both of ServiceAccounts', () => {
  assert.ok(isServiceAccountToken(token({ 'kubernetes.io': { namespace: 'shop', pod: { name: 'a' } } })))
  assert.ok(isServiceAccountToken(token({ 'kubernetes.io/serviceaccount/namespace': 'shop' })))
})

test('keys of vendors, and tokens of others, are not', () => {
  const others = ['sk-proj-abc', '', 'a.b.c', token({ sub: 'x' }), token(null), token(['kubernetes.io'])]
  for (const text of others) assert.ok(!isServiceAccountToken(text), text)
  assert.ok(!isServiceAccountToken(`${token({ 'kubernetes.io': {} })}.more`))
})

test('whatever stands in a file gets an answer', () => {
  fc.assert(fc.property(fc.string(), text => typeof isServiceAccountToken(text) === 'boolean'))
  fc.assert(fc.property(fc.jsonValue(), claims => typeof isServiceAccountToken(token(claims)) === 'boolean'))
})
