import assert from 'node:assert/strict'
import test from 'node:test'
import { withoutUsage } from './strip-usage.ts'

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
