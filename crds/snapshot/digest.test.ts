import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalJson, contentDigest, snapshotDigest } from './digest.ts'

test('the order of keys leaves the digest alone', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), fields => {
      const turned = Object.fromEntries(Object.entries(fields).reverse())
      assert.equal(contentDigest(turned), contentDigest(fields))
    }),
  )
})

test('canonical JSON is JSON of the same data', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('the order of a list is part of the digest', () => {
  assert.notEqual(contentDigest([1, 2]), contentDigest([2, 1]))
})

test('an absent field and an undefined one are the same', () => {
  assert.equal(canonicalJson({ b: undefined, a: 1 }), '{"a":1}')
})

test('the digest of a snapshot leaves its own field out', () => {
  assert.equal(snapshotDigest({ version: 1, digest: 'x' }), snapshotDigest({ digest: 'y', version: 1 }))
})

test('a cycle is an error, not a hang', () => {
  const cycle: unknown[] = []
  cycle.push(cycle)
  assert.throws(() => canonicalJson(cycle), RangeError)
})
