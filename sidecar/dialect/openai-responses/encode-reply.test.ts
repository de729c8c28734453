import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Choice } from '../completion.ts'
import { encodeReply } from './encode-reply.ts'

function encode(choice: Partial<Choice>) {
  const whole: Choice = { content: [], finish: 'stop', vendorFinish: null, ...choice }
  return encodeReply({ id: 'msg_01', model: 'claude', created: 7, choices: [whole] })
}

test('counts what was read from a cache and written to one even where nothing was', () => {
  const choice: Choice = { content: [], finish: 'stop', vendorFinish: null }
  const { usage } = encodeReply({ id: 'r', model: 'm', choices: [choice], usage: { input: 3, output: 2 } })
  assert.deepEqual(usage, {
    input_tokens: 3,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: 2,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 5,
  })
})

test('writes a complete response object that nobody can look up later', () => {
  const { output, ...response } = encode({ content: [{ kind: 'text', text: 'hi' }] })
  assert.deepEqual(response, {
    id: 'resp_01',
    object: 'response',
    created_at: 7,
    status: 'completed',
    background: false,
    completed_at: 7,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    metadata: {},
    model: 'claude',
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    service_tier: null,
    store: false,
    temperature: null,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: null,
    truncation: 'disabled',
    usage: null,
  })
  assert.equal(Array.isArray(output) && output.length, 1)
})

test('reasoning is a summary under an id of ours, without an encrypted form', () => {
  const { output } = encode({ content: [{ kind: 'reasoning', text: 'hm', signature: 'secret' }] })
  const [item] = Array.isArray(output) ? output : []
  assert.match(item.id, /^rs_fallback_[0-9a-f]{48}$/)
  assert.deepEqual(item.summary, [{ type: 'summary_text', text: 'hm' }])
  assert.ok(!JSON.stringify(output).includes('secret'))
})

test('texts around a call are messages of their own, in order, each with an id of its own', () => {
  const { output } = encode({
    content: [
      { kind: 'text', text: 'a' },
      { kind: 'toolCall', id: 'toolu_1', name: 'f', argumentsText: '' },
      { kind: 'text', text: 'b' },
    ],
    finish: 'tool_calls',
  })
  const items = Array.isArray(output) ? output : []
  assert.deepEqual(
    items.map(item => item.type),
    ['message', 'function_call', 'message'],
  )
  assert.equal(items[1].call_id, 'toolu_1')
  assert.equal(items[1].arguments, '{}')
  assert.equal(new Set(items.map(item => item.id)).size, 3)
})

test('log probabilities come with bytes and alternatives, with the first text', () => {
  const { output } = encode({
    content: [{ kind: 'text', text: 'é' }],
    logprobs: [{ token: 'é', logprob: -0.1 }],
  })
  const [item] = Array.isArray(output) ? output : []
  assert.deepEqual(item.content[0].logprobs, [
    { token: 'é', logprob: -0.1, bytes: [195, 169], top_logprobs: [] },
  ])
})

test('what a cap or a filter cut is incomplete', () => {
  const cut = encode({ content: [{ kind: 'text', text: 'half' }], finish: 'length' })
  assert.deepEqual([cut.status, cut.incomplete_details], ['incomplete', { reason: 'max_output_tokens' }])
  const filtered = encode({ finish: 'content_filter' })
  assert.deepEqual(filtered.incomplete_details, { reason: 'content_filter' })
})
