import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Choice, JsonObject } from '../completion.ts'
import { decodeReply } from './decode-reply.ts'

function choiceOf(body: JsonObject): Choice | undefined {
  const decoded = decodeReply(body)
  assert.equal(decoded.kind, 'reply')
  return decoded.kind === 'reply' ? decoded.reply.choices[0] : undefined
}

test('citations stand where they are in UTF-16, each source on its own', () => {
  const source = {
    type: 'document',
    id: 'doc:0',
    document: { id: 'doc:0', title: 'Facts', text: 'Ada did.' },
  }
  const choice = choiceOf({
    id: 'x',
    finish_reason: 'COMPLETE',
    message: {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm' },
        { type: 'text', text: '🦉🦉 Ada' },
      ],
      citations: [
        {
          start: 3,
          end: 6,
          text: 'Ada',
          sources: [source, { type: 'tool', id: 'look:0' }],
          content_index: 1,
        },
        { start: 0, end: 2, text: 'hm', sources: [source], type: 'THINKING_CONTENT', content_index: 0 },
      ],
    },
  })
  assert.deepEqual(choice?.content, [
    { kind: 'reasoning', text: 'hm' },
    {
      kind: 'text',
      text: '🦉🦉 Ada',
      citations: [
        { title: 'Facts', citedText: 'Ada did.', start: 5, end: 8 },
        { title: 'look:0', start: 5, end: 8 },
      ],
    },
  ])
})

test('the plan of an answer is no part of it', () => {
  const choice = choiceOf({
    finish_reason: 'TOOL_CALL',
    message: {
      tool_plan: 'I will look.',
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'look', arguments: null } }],
    },
  })
  assert.deepEqual(choice?.content, [{ kind: 'toolCall', id: 'a', name: 'look', argumentsText: '{}' }])
  assert.equal(choice?.finish, 'tool_calls')
})

test('a piece of several tokens has the probability of all of them', () => {
  const choice = choiceOf({
    finish_reason: 'COMPLETE',
    message: { content: [{ type: 'text', text: 'Hello' }] },
    logprobs: [{ text: 'Hello', token_ids: [1, 2], logprobs: [-0.5, -0.25] }],
  })
  assert.deepEqual(choice?.logprobs, [{ token: 'Hello', logprob: -0.75 }])
})

test('an answer that says that it failed is a failure', () => {
  const message = { content: [{ type: 'text', text: 'half' }] }
  const failed = decodeReply({ finish_reason: 'ERROR', message, usage: { tokens: { input_tokens: 3 } } })
  assert.equal(failed.kind === 'failed' && failed.failure.kind, 'ServerError')
  assert.deepEqual(failed.kind === 'failed' && failed.usage, { input: 3, output: 0 })
  const late = decodeReply({ finish_reason: 'TIMEOUT', message })
  assert.equal(late.kind === 'failed' && late.failure.kind, 'Timeout')
})

test('an error in the place of an answer is judged by the vendor’s table', () => {
  const failed = decodeReply({
    id: 'x',
    message: 'too many tokens: size limit exceeded',
    error_type: 'TOO_MANY_TOKENS',
  })
  assert.equal(failed.kind === 'failed' && failed.failure.kind, 'ContextOverflow')
})

test('an unknown end is no normal one', () => {
  assert.equal(choiceOf({ finish_reason: 'PAUSED', message: {} })?.finish, 'other')
})
