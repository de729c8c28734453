import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { applyEdits } from './apply-edits.ts'
import type { MemberEdit } from './dialect.ts'
import { parseBody } from './parse-body.ts'

function edit(text: string, ...edits: MemberEdit[]): string {
  return applyEdits(parseBody(Buffer.from(text)), edits).toString()
}

test('without edits the body is the very buffer that came in', () => {
  const bytes = Buffer.from('{"a":1}')
  assert.equal(applyEdits(parseBody(bytes), []), bytes)
})

test('replaces one value and leaves every other byte', () => {
  const text = '{ "n": 1.50e+2,\t"model" : "a" , "x":[ 1 ,2 ], "u":"\\u00e9" }\n'
  assert.equal(edit(text, { name: 'model', value: 'b' }), text.replace('"a"', '"b"'))
})

test('adds members at the end', () => {
  assert.equal(edit('{"a":1 }', { name: 'b', value: { c: 2 } }), '{"a":1,"b":{"c":2} }')
  assert.equal(edit('{ }', { name: 'b', value: 1 }, { name: 'c', value: 2 }), '{"b":1,"c":2 }')
})

test('removes the first, a middle, the last and the only member', () => {
  assert.equal(edit('{ "a":1, "b":2, "c":3 }', { name: 'a', value: undefined }), '{ "b":2, "c":3 }')
  assert.equal(edit('{ "a":1, "b":2, "c":3 }', { name: 'b', value: undefined }), '{ "a":1, "c":3 }')
  assert.equal(edit('{ "a":1, "b":2, "c":3 }', { name: 'c', value: undefined }), '{ "a":1, "b":2 }')
  assert.equal(edit('{ "a":1 }', { name: 'a', value: undefined }), '{  }')
})

test('removing what is not there changes nothing', () => {
  assert.equal(edit('{"a":1}', { name: 'z', value: undefined }), '{"a":1}')
})

test('any edits give the object that they describe, in the old order', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const body = fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 2 }))
  const edits = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom(...names),
      value: fc.option(fc.jsonValue({ maxDepth: 1 }), { nil: undefined }),
    }),
    { selector: one => one.name },
  )
  fc.assert(
    fc.property(body, edits, fc.constantFrom(0, 2), (json, changes, indent) => {
      const text = JSON.stringify(json, null, indent)
      if (text.includes('__proto__')) return
      const expected: Record<string, unknown> = { ...json }
      for (const { name, value } of changes) {
        if (value === undefined) delete expected[name]
        else expected[name] = value
      }
      assert.equal(JSON.stringify(JSON.parse(edit(text, ...changes))), JSON.stringify(expected))
    }),
    { numRuns: 500 },
  )
})
