import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cohereChat } from './cohere-chat.ts'

test('an error is flat, with the type by which clients know a prompt that is too long', () => {
  const error = { status: 400, code: 'context_overflow', message: 'the prompt is too large', requestId: 'r1' }
  assert.deepEqual(cohereChat.encodeError({ ...error, form: 'contextOverflow' }), {
    id: 'r1',
    message: 'too many tokens: the prompt is too large',
    error_type: 'TOO_MANY_TOKENS',
    code: 'context_overflow',
  })
  assert.deepEqual(cohereChat.encodeError(error), {
    id: 'r1',
    message: 'the prompt is too large',
    error_type: 'llm_fallback_error',
    code: 'context_overflow',
  })
})

test('a request that stays one changes its model and its cap', () => {
  const change = { model: 'command-r7b', maxOutputTokens: 50, wantUsage: true }
  assert.deepEqual(cohereChat.editRequest({ model: 'command-a', max_tokens: 20 }, change), [
    { name: 'model', value: 'command-r7b' },
  ])
  assert.deepEqual(cohereChat.editRequest({ model: 'command-r7b', max_tokens: 200 }, change), [
    { name: 'max_tokens', value: 50 },
  ])
  assert.deepEqual(cohereChat.editRequest({ model: 'command-r7b' }, change), [
    { name: 'max_tokens', value: 50 },
  ])
})

test('tells what a target must be able to do, and counts documents as text', () => {
  const facts = cohereChat.readFacts({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
    ],
    documents: ['0123456789'],
    tools: [{}],
    response_format: { type: 'json_object', json_schema: {} },
    thinking: { type: 'enabled' },
    max_tokens: 9,
  })
  assert.deepEqual(facts.needs, ['Tools', 'Vision', 'JsonSchema', 'Reasoning'])
  assert.equal(facts.mediaParts, 1)
  assert.equal(facts.maxOutputTokens, 9)
  assert.ok(facts.textCharacters >= 14)
})

test('facts of a malformed body are few, and none of them throws', () => {
  assert.deepEqual(cohereChat.readFacts({ messages: 'x', tools: 3 }), {
    needs: [],
    textCharacters: 4,
    mediaParts: 0,
  })
})

test('names an event that lost its name', () => {
  assert.equal(cohereChat.nameEvent?.('{"type":"content-delta"}'), 'content-delta')
  assert.equal(cohereChat.nameEvent?.('[DONE]'), undefined)
})
