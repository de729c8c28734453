import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasNativeSidecars, readKubernetesVersion } from './kubernetes-version.ts'

test('native sidecars begin with 1.29, in whatever form a vendor writes it', () => {
  const supports = (major: string, minor: string) =>
    hasNativeSidecars(readKubernetesVersion({ major, minor }))
  assert.equal(supports('1', '28'), false)
  assert.equal(supports('1', '28+'), false)
  assert.equal(supports('1', '29'), true)
  assert.equal(supports('1', '36+'), true)
  assert.equal(supports('2', '0'), true)
})

test('a version that cannot be read gets the benefit of the doubt', () => {
  for (const answer of [undefined, {}, { major: 'x', minor: '' }]) {
    assert.deepEqual(readKubernetesVersion(answer), { kind: 'unknown' })
    assert.ok(hasNativeSidecars({ kind: 'unknown' }))
  }
})
