import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { fitWarnings } from './fit-warnings.ts'

test('each is told once, on one line', () => {
  assert.deepEqual(fitWarnings(['one', 'two\nlines', 'one']), ['one', 'two lines'])
})

test('what does not fit is counted', () => {
  const many = Array.from({ length: 25 }, (_, index) => `warning ${index}`)
  const fitted = fitWarnings(many)
  assert.equal(fitted.length, 21)
  assert.match(fitted.at(-1) ?? '', /^and 5 more/)
})

test('together they never pass what the API server hands on', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 900 }), { maxLength: 40 }), warnings => {
      const fitted = fitWarnings(warnings)
      assert.ok(fitted.length <= 21)
      assert.ok(fitted.join('').length <= 4_096)
    }),
    { numRuns: 200 },
  )
})
