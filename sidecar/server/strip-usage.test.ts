import assert from 'node:assert/strict'
import test from 'node:test'
import { withoutNullUsage, withoutUsage } from './strip-usage.ts'

const cases: readonly (readonly [name: string, data: string, expected: string | undefined])[] = [
  ['a usage chunk goes', '{"id":"a","choices":[],"usage":{"prompt_tokens":1}}', undefined],
  [
    'usage on a finish chunk goes, the chunk stays',
    '{"choices":[{"index":0}],"usage":{"a":1}}',
    '{"choices":[{"index":0}]}',
  ],
  ['usage: null goes too', '{"choices":[{"index":0}],"usage":null}', '{"choices":[{"index":0}]}'],
  [
    "Groq's own place is cleared",
    '{"choices":[{}],"x_groq":{"id":"r","usage":{"a":1}}}',
    '{"choices":[{}],"x_groq":{"id":"r"}}',
  ],
  [
    "Azure's filter results stay",
    '{"choices":[],"prompt_filter_results":[],"usage":{}}',
    '{"choices":[],"prompt_filter_results":[]}',
  ],
  ['no JSON stays', '[DONE]', '[DONE]'],
  ['JSON that is no object stays', '[1]', '[1]'],
]

for (const [name, data, expected] of cases) {
  test(name, () => {
    assert.equal(withoutUsage(data), expected)
  })
}

test('usage: null goes from a chunk whose other bytes stay', () => {
  assert.equal(withoutNullUsage('{"id":"a", "choices":[{}],"usage":null}'), '{"id":"a", "choices":[{}]}')
  assert.equal(withoutNullUsage('{"id":"a", "usage": null, "choices":[]}'), '{"id":"a", "choices":[]}')
  assert.equal(withoutNullUsage('{"usage":null,"id":"a"}'), '{"id":"a"}')
})

test('words that only look like usage: null stay', () => {
  const data = JSON.stringify({ choices: [{ delta: { content: ',"usage":null' } }] })
  assert.equal(withoutNullUsage(data), data)
})
