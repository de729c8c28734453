import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readBodyFacts } from './body-facts.ts'
import { parseBody } from './parse-body.ts'
import { dialectOf } from './registry.ts'

const long = 'word '.repeat(20_000)

test('a long prompt counts in full, inline media does not', () => {
  const content = [
    { type: 'text', text: long },
    { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(90_000)}` } },
  ]
  const body = parseBody(Buffer.from(JSON.stringify({ messages: [{ role: 'user', content }] })))
  const { textCharacters, mediaParts } = readBodyFacts(dialectOf('openai-chat'), body)
  assert.ok(textCharacters >= long.length && textCharacters < long.length + 100, String(textCharacters))
  assert.equal(mediaParts, 1)
})

test('long and short prompts are counted alike in every dialect', () => {
  for (const format of ['openai-chat', 'anthropic-messages'] as const) {
    const body = parseBody(
      Buffer.from(JSON.stringify({ messages: [{ role: 'user', content: long }], system: long })),
    )
    const dialect = dialectOf(format)
    const expected = dialect.readFacts(body.json).textCharacters
    const counted = readBodyFacts(dialect, body).textCharacters
    assert.ok(counted >= expected && counted <= 2 * long.length, format)
  }
})
