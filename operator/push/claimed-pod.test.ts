import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readClaimedPod } from './claimed-pod.ts'

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function tokenOf(payload: unknown): string {
  return `${encode({ alg: 'RS256' })}.${encode(payload)}.c2ln`
}

test('a projected token names its pod', () => {
  const token = tokenOf({ 'kubernetes.io': { namespace: 'shop', pod: { name: 'web-1', uid: 'u-1' } } })
  assert.deepEqual(readClaimedPod(token), { namespace: 'shop', pod: 'web-1', uid: 'u-1' })
})

for (const [about, token] of [
  ['no token at all', 'garbage'],
  ['two parts', 'a.b'],
  ['four parts', `${tokenOf({})}.x`],
  ['no JSON inside', 'YQ.YQ.YQ'],
  ['no pod', tokenOf({ 'kubernetes.io': { namespace: 'shop' } })],
  ['a pod without a UID', tokenOf({ 'kubernetes.io': { namespace: 'shop', pod: { name: 'web' } } })],
  ['numbers for names', tokenOf({ 'kubernetes.io': { namespace: 1, pod: { name: 2, uid: 3 } } })],
] as const) {
  test(`${about} names none`, () => assert.equal(readClaimedPod(token), undefined))
}

test('nothing that is sent makes it throw', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json().map(text => `a.${Buffer.from(text).toString('base64url')}.c`),
      ),
      token => {
        const claimed = readClaimedPod(token)
        return claimed === undefined || typeof claimed.uid === 'string'
      },
    ),
  )
})
