import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../completion.ts'
import { decodeReply } from './decode-reply.ts'

function message(members: JsonObject): JsonObject {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude',
    content: [{ type: 'text', text: 'Hi' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 2 },
    ...members,
  }
}

test('counts cache reads and writes as input', () => {
  const usage = {
    input_tokens: 3,
    cache_read_input_tokens: 100,
    cache_creation_input_tokens: 20,
    output_tokens: 7,
  }
  const decoded = decodeReply(message({ usage }))
  assert.deepEqual(decoded.kind === 'reply' && decoded.reply.usage, {
    input: 123,
    output: 7,
    cachedInput: 100,
    cacheWrite: 20,
  })
})

const ends: readonly (readonly [string, string])[] = [
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['tool_use', 'tool_calls'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['refusal', 'refusal'],
  ['pause_turn', 'other'],
  ['a_word_of_next_year', 'other'],
  ['constructor', 'other'],
]

for (const [stopReason, finish] of ends) {
  test(`reads ${stopReason} as ${finish}`, () => {
    const decoded = decodeReply(message({ stop_reason: stopReason }))
    assert.ok(decoded.kind === 'reply')
    assert.equal(decoded.reply.choices[0]?.finish, finish)
    assert.equal(decoded.reply.choices[0]?.vendorFinish, stopReason)
  })
}

test('takes an error inside a 200 for the failure that it is', () => {
  const decoded = decodeReply({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })
  assert.equal(decoded.kind === 'failed' && decoded.failure.kind, 'Overloaded')
})

for (const wrong of [{}, { content: 'text' }, { choices: [] }]) {
  test(`takes ${JSON.stringify(wrong)} for no answer`, () => {
    const decoded = decodeReply(wrong)
    assert.equal(decoded.kind === 'failed' && decoded.failure.kind, 'InvalidResponse')
  })
}

test('reads what a text rests on', () => {
  const citations = [
    {
      type: 'web_search_result_location',
      url: 'https://a.example',
      title: 'A',
      cited_text: 'so',
      encrypted_index: 'x',
    },
    { type: 'char_location', cited_text: 'as written', document_index: 0, document_title: 'facts.txt' },
    { type: 'unheard_of' },
  ]
  const decoded = decodeReply({
    content: [{ type: 'text', text: 'It is so.', citations }],
    stop_reason: 'end_turn',
  })
  assert.deepEqual(decoded.kind === 'reply' && decoded.reply.choices[0]?.content, [
    {
      kind: 'text',
      text: 'It is so.',
      citations: [
        { url: 'https://a.example', title: 'A', citedText: 'so' },
        { title: 'facts.txt', citedText: 'as written' },
      ],
    },
  ])
})
