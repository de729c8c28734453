import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFacts } from './read-facts.ts'

test('counts text, and media apart from it', () => {
  const facts = readFacts({
    messages: [
      { role: 'system', content: 'four' },
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(100_000)}` } },
          { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
        ],
      },
    ],
    max_tokens: 12,
  })
  assert.deepEqual(facts, {
    needs: ['Vision', 'Audio'],
    textCharacters: 4,
    mediaParts: 2,
    maxOutputTokens: 12,
  })
})

test('tells what a target must be able to do', () => {
  const { needs } = readFacts({
    messages: [{ role: 'assistant', content: 'Once' }],
    tools: [{ type: 'function', function: { name: 'f' } }],
    response_format: { type: 'json_schema' },
    reasoning_effort: 'high',
  })
  assert.deepEqual(needs, ['Tools', 'JsonSchema', 'Reasoning', 'Prefill'])
})

test('tolerates anything', () => {
  for (const body of [{}, { messages: 'x' }, { messages: [null, 1, { content: { a: 1 } }] }, { tools: {} }]) {
    assert.equal(readFacts(body).mediaParts, 0)
  }
})
