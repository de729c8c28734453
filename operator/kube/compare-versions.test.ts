import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compareVersions, isLater } from './compare-versions.ts'

test('orders numbers of any length as numbers', () => {
  const number = fc.bigInt({ min: 1n, max: 2n ** 90n })
  fc.assert(
    fc.property(number, number, (one, other) => {
      const sign = Math.sign(compareVersions(String(one), String(other)) ?? Number.NaN)
      assert.equal(sign, one < other ? -1 : one > other ? 1 : 0)
    }),
  )
})

test('orders nothing that is no number', () => {
  for (const odd of ['', '0', '-1', '01', '1.5', 'abc', ' 1']) {
    assert.equal(compareVersions(odd, '5'), undefined)
    assert.equal(isLater('5', odd), false)
  }
})
