import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { matchesGlob } from './glob.ts'

const cases: readonly (readonly [string, string, boolean])[] = [
  ['gpt-4o', 'gpt-4o', true],
  ['gpt-4o', 'gpt-4o-mini', false],
  ['gpt-4o', 'GPT-4o', false],
  ['gpt-4o*', 'gpt-4o', true],
  ['gpt-4o*', 'gpt-4o-mini', true],
  ['gpt-4o*', 'my-gpt-4o', false],
  ['*', '', true],
  ['*', 'anything', true],
  ['**', 'anything', true],
  ['', '', true],
  ['', 'a', false],
  ['*-mini', 'gpt-4o-mini', true],
  ['*-mini', 'gpt-4o-minis', false],
  ['*4*', 'gpt-4o', true],
  ['a*b*c', 'abc', true],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-c-b', false],
  ['*ab', 'aab', true],
  ['*aab', 'aaaab', true],
  ['eu-*', 'eu-west-1', true],
  ['eu-*', 'us-east-1', false],
  ['gpt.4', 'gpt-4', false],
  ['[a-z]', 'a', false],
  ['?', 'a', false],
  ['a*', '*', false],
  ['*', '*', true],
]

for (const [pattern, text, expected] of cases) {
  test(`${JSON.stringify(pattern)} ${expected ? 'matches' : 'does not match'} ${JSON.stringify(text)}`, () => {
    assert.equal(matchesGlob(pattern, text), expected)
  })
}

test('agrees with the regular expression of the same meaning', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), maxLength: 8 })
  fc.assert(
    fc.property(letters, letters, (pattern, text) => {
      const expression = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`)
      assert.equal(matchesGlob(pattern, text), expression.test(text))
    }),
  )
})

test('many stars against a long text stay quick', () => {
  const started = performance.now()
  assert.equal(matchesGlob('*a'.repeat(128), `${'a'.repeat(20_000)}b`), false)
  assert.ok(performance.now() - started < 1_000)
})
