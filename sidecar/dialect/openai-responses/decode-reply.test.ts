import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject, JsonValue } from '../completion.ts'
import { judgeReply } from '../judge-reply.ts'
import { decodeReply } from './decode-reply.ts'

function decode(members: JsonObject) {
  const decoded = decodeReply({ id: 'resp_1', object: 'response', status: 'completed', ...members })
  return decoded.kind === 'reply' ? decoded.reply : assert.fail(decoded.failure.detail)
}

function failureOf(body: JsonObject) {
  const decoded = decodeReply(body)
  return decoded.kind === 'failed' ? decoded : assert.fail('was taken for an answer')
}

const text = (words: string): JsonValue => ({
  type: 'message',
  content: [{ type: 'output_text', text: words, annotations: [], logprobs: [] }],
})

test('reads texts, reasoning, calls and what only the vendor does', () => {
  const reply = decode({
    model: 'gpt',
    created_at: 12.7,
    output: [
      { type: 'reasoning', summary: [{ text: 'first' }, { text: 'second' }], encrypted_content: 'secret' },
      { type: 'web_search_call', id: 'ws_1' },
      text('hello'),
      { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '' },
    ],
    usage: {
      input_tokens: 9,
      input_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 3 },
      total_tokens: 14,
    },
  })
  assert.deepEqual(reply, {
    id: 'resp_1',
    model: 'gpt',
    created: 12,
    choices: [
      {
        content: [
          { kind: 'reasoning', text: 'first\n\nsecond' },
          { kind: 'other', itemKind: 'web_search_call' },
          { kind: 'text', text: 'hello' },
          { kind: 'toolCall', id: 'call_1', name: 'f', argumentsText: '{}' },
        ],
        finish: 'tool_calls',
        vendorFinish: 'completed',
      },
    ],
    usage: { input: 9, output: 5, cachedInput: 4, cacheWrite: 2, reasoning: 3 },
  })
})

test('an end tells its reason', () => {
  const finishOf = (members: JsonObject) => decode({ output: [text('half')], ...members }).choices[0]
  assert.equal(finishOf({})?.finish, 'stop')
  const cut = finishOf({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } })
  assert.deepEqual([cut?.finish, cut?.vendorFinish], ['length', 'incomplete:max_output_tokens'])
  const filtered = finishOf({ status: 'incomplete', incomplete_details: { reason: 'content_filter' } })
  assert.equal(filtered?.finish, 'content_filter')
  assert.equal(finishOf({ status: 'cancelled' })?.finish, 'other')
  const refused = decode({ output: [{ type: 'message', content: [{ type: 'refusal', refusal: 'no' }] }] })
  assert.equal(refused.choices[0]?.finish, 'refusal')
})

test('reads log probabilities and sources', () => {
  const [choice] = decode({
    output: [
      {
        type: 'message',
        content: [
          {
            type: 'output_text',
            text: 'hi',
            annotations: [{ type: 'file_citation', file_id: 'file-1', filename: 'a.pdf', index: 1 }],
            logprobs: [
              { token: 'hi', logprob: -0.5, bytes: [104, 105], top_logprobs: [{ token: 'ho', logprob: -1 }] },
            ],
          },
        ],
      },
    ],
  }).choices
  assert.deepEqual(choice?.content, [{ kind: 'text', text: 'hi', citations: [{ title: 'a.pdf' }] }])
  assert.deepEqual(choice?.logprobs, [
    { token: 'hi', logprob: -0.5, bytes: [104, 105], top: [{ token: 'ho', logprob: -1 }] },
  ])
})

test('a response that failed is a failure, with what it cost', () => {
  const { failure, usage } = failureOf({
    status: 'failed',
    error: { code: 'rate_limit_exceeded', message: 'Please try again in 494ms' },
    usage: { input_tokens: 3, output_tokens: 0 },
  })
  assert.equal(failure.kind, 'RateLimited')
  assert.deepEqual(usage, { input: 3, output: 0 })
})

test('errors of other shapes are failures too', () => {
  assert.equal(failureOf({ error: 'Incorrect API key provided', code: '401' }).failure.kind, 'AuthFailed')
  assert.equal(failureOf({ type: 'error', code: 'server_error', message: 'x' }).failure.kind, 'ServerError')
  assert.equal(failureOf({ status: 'failed', error: null }).failure.kind, 'ServerError')
})

test('work in the background is an answer; an object without output is none', () => {
  const expectation = { hasStopSequences: false }
  assert.equal(judgeReply(decode({ status: 'queued', output: [] }), expectation), undefined)
  assert.equal(judgeReply(decode({ output: [] }), expectation)?.kind, 'InvalidResponse')
  assert.equal(judgeReply(decode({ output: null }), expectation)?.kind, 'InvalidResponse')
})
