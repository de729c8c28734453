import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { recordOf } from '../../test/support/simulated-vendors/json.ts'
import { type Authority, createAuthority } from './authority.ts'
import { readAuthoritySecret, writeAuthoritySecret } from './authority-secret.ts'
import type { AuthoritySet } from './authority-set.ts'
import { issueLeaf } from './issue-leaf.ts'

const now = Date.UTC(2026, 0, 1)
const [one, two] = await Promise.all([createAuthority(now), createAuthority(now)])

function secretWith(data: Readonly<Record<string, string>>): unknown {
  const encoded = Object.entries(data).map(([name, text]) => [name, Buffer.from(text).toString('base64')])
  return { metadata: { resourceVersion: '7' }, data: Object.fromEntries(encoded) }
}

function problemOf(object: unknown): string {
  const reading = readAuthoritySecret(object)
  return reading.kind === 'broken' ? reading.problem : reading.kind
}

test('what is written is read back, in the middle of a rotation too', () => {
  const sets: readonly AuthoritySet[] = [
    { current: one },
    { current: one, next: two },
    { current: two, previous: one.certificate, promotedAt: now },
  ]
  const object = { metadata: { ownerReferences: undefined } }
  for (const set of sets) {
    const reading = readAuthoritySecret(writeAuthoritySecret('system', set, '7'))
    assert.deepEqual(reading, { kind: 'read', set, resourceVersion: '7', object })
  }
})

test('every way in which a hand can break it is named with the key of the Secret', async () => {
  const good = { 'ca.crt': one.certificate, 'ca.key': one.privateKey }
  const leaf = await issueLeaf(one, { hosts: ['localhost'], now })
  const cases: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
    [{}, 'ca.crt and ca.key are missing'],
    [{ ...good, 'ca.crt': 'x' }, 'ca.crt, ca.key: the certificate is not PEM'],
    [{ ...good, 'ca.key': '' }, 'ca.crt, ca.key: the key is not PEM'],
    [{ ...good, 'ca.key': two.privateKey }, 'ca.crt, ca.key: the key does not belong to the certificate'],
    [
      { 'ca.crt': leaf.cert, 'ca.key': leaf.key },
      'ca.crt, ca.key: the certificate is not one of an authority',
    ],
    [{ ...good, 'next.crt': two.certificate }, 'next.crt, next.key: the key is not PEM'],
    [{ ...good, 'previous.crt': leaf.cert }, 'previous.crt: the certificate is not one of an authority'],
  ]
  for (const [data, problem] of cases) assert.equal(problemOf(secretWith(data)), problem)
})

test('no garbage is taken for an authority, and none is quoted', () => {
  const text = fc.string({ maxLength: 40 })
  const data = fc.dictionary(fc.constantFrom('ca.crt', 'ca.key', 'next.crt', 'previous.crt'), text)
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), data.map(secretWith)), object => {
      const reading = readAuthoritySecret(object)
      assert.equal(reading.kind, 'broken')
    }),
    { numRuns: 200 },
  )
})

test('only the signing authority and the next one have keys in it', () => {
  const set: AuthoritySet = { current: two, previous: one.certificate }
  const data = recordOf(recordOf(writeAuthoritySecret('system', set))['data'])
  assert.deepEqual(Object.keys(data).sort(), ['ca.crt', 'ca.key', 'previous.crt'])
  assert.ok(!JSON.stringify(data).includes(encodedKey(one)))
})

function encodedKey({ privateKey }: Authority): string {
  return Buffer.from(privateKey).toString('base64')
}
