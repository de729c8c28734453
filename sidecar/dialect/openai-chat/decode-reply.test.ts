import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { CompletionReply, JsonObject } from '../completion.ts'
import { decodeReply } from './decode-reply.ts'
import { encodeReply } from './encode-reply.ts'

function decode(body: JsonObject): CompletionReply {
  const decoded = decodeReply(body)
  assert.ok(decoded.kind === 'reply', 'the reply was taken for a failure')
  return decoded.reply
}

function choiceOf(message: JsonObject, finish_reason: string | null = 'stop') {
  const [choice] = decode({ id: 'chatcmpl-1', choices: [{ index: 0, message, finish_reason }] }).choices
  return choice ?? assert.fail('no choice')
}

test('a missing finish reason stays unknown', () => {
  const choice = choiceOf({ content: 'x' }, null)
  assert.equal(choice.finish, null)
  assert.equal(choice.vendorFinish, null)
})

test('words of server engines are understood', () => {
  assert.equal(choiceOf({ content: 'x' }, 'eos').finish, 'stop')
  assert.equal(choiceOf({ content: 'x' }, 'model_length').finish, 'length')
  assert.equal(choiceOf({ content: 'x' }, 'constructor').finish, 'other')
})

test('a stop with calls is a call, whatever the server says', () => {
  const choice = choiceOf({
    content: null,
    tool_calls: [{ id: 'a', function: { name: 'f', arguments: '' } }],
  })
  assert.equal(choice.finish, 'tool_calls')
  assert.deepEqual(choice.content, [{ kind: 'toolCall', id: 'a', name: 'f', argumentsText: '{}' }])
})

test('media that only clients of this server read is an other part', () => {
  assert.deepEqual(choiceOf({ content: null, audio: { id: 'a' } }).content, [
    { kind: 'other', itemKind: 'audio' },
  ])
})

test('usage follows the habits of servers', () => {
  const usageOf = (usage: JsonObject) => decode({ choices: [], usage }).usage
  assert.deepEqual(usageOf({ prompt_tokens: 10, completion_tokens: 5, prompt_cache_hit_tokens: 8 }), {
    input: 10,
    output: 5,
    cachedInput: 8,
  })
  assert.deepEqual(
    usageOf({
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 22,
      completion_tokens_details: { reasoning_tokens: 7 },
    }),
    { input: 10, output: 12, reasoning: 7 },
  )
  assert.deepEqual(
    decode({ choices: [], x_groq: { usage: { prompt_tokens: 1, completion_tokens: 2 } } }).usage,
    {
      input: 1,
      output: 2,
    },
  )
})

test('an error inside a 200 is a failure, and its usage is kept', () => {
  const decoded = decodeReply({
    error: { code: 502, message: 'x' },
    usage: { prompt_tokens: 1, completion_tokens: 0 },
  })
  assert.equal(decoded.kind, 'failed')
  assert.deepEqual(decoded.kind === 'failed' && decoded.usage, { input: 1, output: 0 })
  for (const flat of [{ object: 'error', message: 'x', code: 500 }, { detail: 'no' }, { message: 'no' }]) {
    assert.equal(decodeReply(flat).kind, 'failed')
  }
})

test('never throws, whatever JSON comes', () => {
  const member = fc.constantFrom(
    'choices',
    'message',
    'tool_calls',
    'function',
    'usage',
    'error',
    'content',
    'arguments',
  )
  const body = fc.dictionary(
    member,
    fc.oneof(fc.jsonValue(), fc.array(fc.dictionary(member, fc.jsonValue()))),
  )
  fc.assert(
    fc.property(body, one => void decodeReply(JSON.parse(JSON.stringify(one)))),
    { numRuns: 500 },
  )
})

test('decoding what was encoded gives the same reply', () => {
  const reply: CompletionReply = {
    id: 'chatcmpl-1',
    model: 'm',
    created: 5,
    choices: [
      {
        content: [
          { kind: 'reasoning', text: 'hm' },
          { kind: 'text', text: 'a' },
          { kind: 'toolCall', id: 'c', name: 'f', argumentsText: '{"x":1}' },
        ],
        finish: 'tool_calls',
        vendorFinish: 'tool_calls',
      },
      { content: [{ kind: 'refusal', text: 'no' }], finish: 'refusal', vendorFinish: 'stop' },
    ],
    usage: { input: 4, output: 3, cachedInput: 1, cacheWrite: 2, reasoning: 1 },
  }
  assert.deepEqual(decode(encodeReply(reply)), reply)
})
