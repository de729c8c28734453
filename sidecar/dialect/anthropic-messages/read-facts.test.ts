import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFacts } from './read-facts.ts'

test('counts text wherever it stands, and no inline media', () => {
  const facts = readFacts({
    max_tokens: 64,
    system: [{ type: 'text', text: '12345' }],
    messages: [
      { role: 'user', content: '1234567890' },
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'A'.repeat(9000) } },
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: 'A'.repeat(9000) },
          },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: '123' } },
          {
            type: 'tool_result',
            tool_use_id: 'a',
            content: [
              { type: 'text', text: '12' },
              { type: 'image', source: { type: 'url', url: 'https://example.com/' } },
            ],
          },
        ],
      },
    ],
  })
  assert.deepEqual(facts, {
    needs: ['Vision', 'Files'],
    textCharacters: 20,
    mediaParts: 3,
    maxOutputTokens: 64,
  })
})

test('reads off what a target has to be able to do', () => {
  const { needs } = readFacts({
    tools: [{ name: 'x', input_schema: {} }],
    thinking: { type: 'adaptive' },
    output_config: { format: { type: 'json_schema', schema: {} } },
    messages: [
      { role: 'user', content: 'x' },
      { role: 'assistant', content: '{' },
    ],
  })
  assert.deepEqual(needs, ['Tools', 'JsonSchema', 'Reasoning', 'Prefill'])
})

test('finds nothing in a body that is no request', () => {
  const nothing = { needs: [], textCharacters: 0, mediaParts: 0 }
  assert.deepEqual(readFacts({}), nothing)
  assert.deepEqual(readFacts({ messages: [null, 7, { content: 7 }], tools: [], thinking: 'yes' }), nothing)
})
