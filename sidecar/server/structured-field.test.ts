import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { integer, printableAscii, quotedString, tokenOrString } from './structured-field.ts'

/** RFC 9651, sections 3.3.3 and 3.3.4. */
const stringItem = /^"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"$/
const tokenItem = /^[A-Za-z*][A-Za-z0-9!#$%&'*+\-.^_`|~:/]*$/

test('any text becomes a valid string item', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), text => assert.match(quotedString(text), stringItem)))
})

test('a string item says what its printable text said', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const unquoted = quotedString(text).slice(1, -1).replace(/\\(.)/g, '$1')
      assert.equal(unquoted, printableAscii(text))
    }),
  )
})

test('any text becomes a token or a string item', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const item = tokenOrString(text)
      assert.ok(tokenItem.test(item) || stringItem.test(item), item)
    }),
  )
})

test('a name that begins with a digit is quoted, a dotted one is not', () => {
  assert.equal(tokenOrString('4o-mini'), '"4o-mini"')
  assert.equal(tokenOrString('stream_options.include_obfuscation'), 'stream_options.include_obfuscation')
})

test('no text brings a line break into a header', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      for (const value of [tokenOrString(text), quotedString(text), printableAscii(text)]) {
        assert.doesNotMatch(value, /[^\x20-\x7e]/)
      }
    }),
  )
})

test('every number becomes an integer item', () => {
  fc.assert(fc.property(fc.double(), value => assert.match(integer(value), /^-?\d{1,15}$/)))
})
