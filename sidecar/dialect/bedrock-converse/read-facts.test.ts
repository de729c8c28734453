import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFacts } from './read-facts.ts'

test('needs and size are read off the body', () => {
  const facts = readFacts({
    system: [{ text: '12345' }, { cachePoint: { type: 'default' } }],
    messages: [
      {
        role: 'user',
        content: [
          { text: '1234567890' },
          { image: { format: 'png', source: { bytes: 'AQID' } } },
          { audio: { format: 'wav', source: { bytes: 'AQID' } } },
          { document: { format: 'pdf', source: { bytes: 'AQID' } } },
          { toolResult: { toolUseId: 'a', content: [{ text: '123' }, { image: {} }] } },
        ],
      },
      { role: 'assistant', content: [{ text: '12' }] },
    ],
    inferenceConfig: { maxTokens: 7 },
    toolConfig: { tools: [{ toolSpec: {} }] },
    outputConfig: { textFormat: {} },
    additionalModelRequestFields: { thinking: { type: 'enabled' } },
  })
  assert.deepEqual(facts.needs, ['Tools', 'Vision', 'Audio', 'Files', 'JsonSchema', 'Reasoning', 'Prefill'])
  assert.equal(facts.mediaParts, 4)
  assert.equal(facts.maxOutputTokens, 7)
  assert.ok(facts.textCharacters >= 20)
})

test('a malformed body has few facts', () => {
  for (const body of [{}, { messages: 'x' }, { messages: [1, { content: [null, 'x'] }] }, { system: {} }]) {
    assert.deepEqual(readFacts(body), { needs: [], textCharacters: 0, mediaParts: 0 })
  }
})
