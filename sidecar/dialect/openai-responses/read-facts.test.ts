import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFacts } from './read-facts.ts'

test('counts the texts of items and not their bookkeeping, inline media or encrypted reasoning', () => {
  const facts = readFacts({
    instructions: 'four',
    input: [
      {
        type: 'message',
        role: 'user',
        id: 'msg_1',
        content: [
          { type: 'input_text', text: 'hello' },
          { type: 'input_image', image_url: `data:image/png;base64,${'A'.repeat(999)}` },
          { type: 'input_file', file_data: 'B'.repeat(999) },
        ],
      },
      { type: 'reasoning', encrypted_content: 'C'.repeat(999), summary: [] },
      { type: 'function_call_output', call_id: 'call_1', output: 'result' },
    ],
    max_output_tokens: 5,
  })
  assert.equal(facts.textCharacters, 'four'.length + 'hello'.length + 'result'.length)
  assert.equal(facts.mediaParts, 2)
  assert.equal(facts.maxOutputTokens, 5)
  assert.deepEqual(facts.needs, ['Vision', 'Files'])
})

test('reads what a model has to be able to do', () => {
  const { needs } = readFacts({
    input: [
      { role: 'user', content: 'x' },
      { role: 'assistant', content: 'It is' },
    ],
    tools: [{ type: 'function', name: 'f' }],
    text: { format: { type: 'json_schema' } },
    reasoning: { effort: 'high' },
  })
  assert.deepEqual(needs, ['Tools', 'JsonSchema', 'Reasoning', 'Prefill'])
  assert.deepEqual(readFacts({ input: 'x', reasoning: { effort: 'none' } }).needs, [])
})

test('members of the wrong type count as nothing', () => {
  assert.deepEqual(readFacts({ input: 5, tools: 'x', max_output_tokens: 'many', text: 1, reasoning: [] }), {
    needs: ['Tools'],
    textCharacters: 1,
    mediaParts: 0,
  })
})
