import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createCallIdMapper } from './map-call-ids.ts'

test('an id that is accepted everywhere stays', () => {
  assert.equal(createCallIdMapper('common')('call_abc-1'), 'call_abc-1')
  assert.equal(createCallIdMapper('nineCharacters')('abc123XYZ'), 'abc123XYZ')
})

test('two calls never share an id, and one call always keeps its own', () => {
  const ids = fc.uniqueArray(
    fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 9, maxLength: 9 })),
  )
  fc.assert(
    fc.property(ids, fc.constantFrom('common' as const, 'nineCharacters' as const), (originals, shape) => {
      const map = createCallIdMapper(shape)
      const first = originals.map(map)
      assert.equal(new Set(first).size, originals.length)
      assert.deepEqual(originals.map(map), first)
      const valid = shape === 'common' ? /^[a-zA-Z0-9_-]{1,40}$/ : /^[a-zA-Z0-9]{9}$/
      for (const id of first) assert.match(id, valid)
    }),
  )
})

test('a foreign id that equals an earlier replacement gets another', () => {
  const map = createCallIdMapper('nineCharacters')
  const replacement = map('too long for this server')
  assert.notEqual(map(replacement), replacement)
})
