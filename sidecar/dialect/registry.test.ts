import assert from 'node:assert/strict'
import { test } from 'node:test'
import { supportedDialects } from '../../crds/vocabulary.ts'
import { allDialects, dialectOf, nativeDialect } from './registry.ts'

test('every supported provider dialect has a native format', () => {
  for (const name of supportedDialects) assert.equal(nativeDialect(name)?.provider, name)
  assert.equal(nativeDialect('Gemini'), undefined)
})

test('every dialect is found under its format', () => {
  for (const dialect of allDialects) assert.equal(dialectOf(dialect.format), dialect)
})
