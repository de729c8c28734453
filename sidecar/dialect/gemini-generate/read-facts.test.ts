import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFacts } from './read-facts.ts'

test('reads what a request needs in either spelling', () => {
  const facts = readFacts({
    system_instruction: { parts: [{ text: '12345' }] },
    contents: [
      { role: 'user', parts: [{ text: '123' }, { inline_data: { mime_type: 'image/png', data: 'AAAA' } }] },
      {
        role: 'user',
        parts: [
          { functionResponse: { name: 'f', parts: [{ inlineData: { mimeType: 'audio/wav', data: '' } }] } },
        ],
      },
      { role: 'model', parts: [{ fileData: { mimeType: 'application/pdf', fileUri: 'x' } }] },
    ],
    tools: [{ function_declarations: [{ name: 'f' }] }],
    generation_config: {
      max_output_tokens: 7,
      response_schema: {},
      thinking_config: { thinking_level: 'HIGH' },
    },
  })
  assert.deepEqual(facts.needs, ['Tools', 'Vision', 'Audio', 'Files', 'JsonSchema', 'Reasoning', 'Prefill'])
  assert.equal(facts.mediaParts, 3)
  assert.equal(facts.maxOutputTokens, 7)
})

test('counts text, and no bytes of media', () => {
  const contents = [
    { parts: [{ text: '123' }, { inlineData: { mimeType: 'image/png', data: 'A'.repeat(999) } }] },
  ]
  assert.equal(readFacts({ contents }).textCharacters, 3)
})

test('needs neither tools for Google’s own nor reasoning that is switched off', () => {
  const { needs } = readFacts({
    contents: [],
    tools: [{ googleSearch: {} }],
    generationConfig: { thinkingConfig: { thinkingBudget: 0 } },
  })
  assert.deepEqual(needs, [])
})

test('looks into the request that a token count holds', () => {
  const nested = { generateContentRequest: { contents: [{ parts: [{ text: '1234' }] }] } }
  assert.equal(readFacts(nested).textCharacters, 4)
})

test('has few facts about a malformed body', () => {
  assert.deepEqual(readFacts({ contents: 'x', tools: 3, generationConfig: [] }).needs, [])
})
