import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { offsetsOf, TextOffsets } from './text-offsets.ts'

const text = fc.string({ unit: fc.constantFrom('a', 'é', '🦉', '𝒳', '漢') })

test('characters and units name the same place, whatever the text', () => {
  fc.assert(
    fc.property(text, words => {
      const characters = [...words]
      const offsets = offsetsOf(words)
      for (let place = 0; place <= characters.length; place += 1) {
        const units = characters.slice(0, place).join('').length
        assert.equal(offsets.unitsAt(place), units)
        assert.equal(offsets.charactersAt(units), place)
      }
    }),
  )
})

test('a text in pieces counts as the whole, cut pairs included', () => {
  fc.assert(
    fc.property(text, fc.nat({ max: 10 }), (words, cut) => {
      const pieces = new TextOffsets()
      pieces.append(words.slice(0, cut))
      pieces.append(words.slice(cut))
      const characters = [...words].length
      assert.equal(pieces.unitsAt(characters), words.length)
    }),
  )
})
