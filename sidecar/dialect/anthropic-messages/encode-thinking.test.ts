import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encode, hello } from '../../../test/support/anthropic-encoding.ts'
import type { CompletionRequest, Message, ReasoningWish } from '../completion.ts'

test('carries a thinking budget only where thinking cannot make the call invalid', () => {
  const reasoning = { budgetTokens: 2000 }
  const able = encode({ reasoning, maxOutputTokens: 4000, temperature: 0.3 })
  assert.deepEqual(able.body['thinking'], { type: 'enabled', budget_tokens: 2000 })
  assert.equal(able.body['temperature'], undefined)
  assert.deepEqual(able.lost, ['temperature'])
  const unable = encode({ reasoning, maxOutputTokens: 1000 })
  assert.equal(unable.body['thinking'], undefined)
  assert.deepEqual(unable.lost, ['reasoning'])
})

test('the newest models are asked without sampling parameters and without a prefill', () => {
  const begun: Message = { role: 'assistant', content: [{ kind: 'text', text: 'The answer is' }] }
  const messages = [hello, begun]
  const wish = { messages, temperature: 0, topP: 0.9, topK: 5 }
  const { body, lost, headers } = encode(wish, { model: 'claude-opus-4-8' })
  assert.deepEqual([body['temperature'], body['top_p'], body['top_k']], [undefined, undefined, undefined])
  assert.deepEqual(lost, ['temperature', 'topP', 'topK'])
  assert.equal(headers['anthropic-version'], '2026-10-21')
  assert.ok(Array.isArray(body['messages']))
  assert.deepEqual(body['messages'].at(-1), { role: 'user', content: [{ type: 'text', text: 'Continue.' }] })
  assert.deepEqual(encode({ temperature: 1 }, { model: 'claude-sonnet-5' }).lost, [])
})

test('the newest models think by effort, after foreign tool calls too', () => {
  const called = [{ kind: 'toolCall', id: 'a', name: 'look', argumentsText: '{}' }] as const
  const result = [{ kind: 'toolResult', callId: 'a', content: [] }] as const
  const messages: Message[] = [
    hello,
    { role: 'assistant', content: called },
    { role: 'tool', content: result },
  ]
  const think = (reasoning: ReasoningWish, model: string, more: Partial<CompletionRequest> = {}) => {
    const { body, lost } = encode({ messages, reasoning, temperature: 1, ...more }, { model })
    return [body['thinking'], body['output_config'], lost]
  }
  const adaptive = { type: 'adaptive' }
  assert.deepEqual(think({ effort: 'high' }, 'claude-opus-4-7'), [adaptive, { effort: 'high' }, []])
  assert.deepEqual(think({ effort: 'xhigh' }, 'claude-opus-4-7'), [adaptive, { effort: 'xhigh' }, []])
  assert.deepEqual(think({ effort: 'max' }, 'claude-sonnet-4-6'), [
    adaptive,
    { effort: 'high' },
    ['reasoning'],
  ])
  assert.deepEqual(think({ effort: 'minimal' }, 'claude-opus-5'), [
    adaptive,
    { effort: 'low' },
    ['reasoning'],
  ])
  assert.deepEqual(think({ budgetTokens: 9000 }, 'claude-opus-5'), [adaptive, undefined, ['reasoning']])
  assert.deepEqual(think({ effort: 'none' }, 'claude-opus-5'), [undefined, undefined, []])
  const tools = [{ name: 'look', parameters: {} }]
  const forced = { tools, toolChoice: { kind: 'required' } } as const
  assert.deepEqual(think({ effort: 'high' }, 'claude-opus-5', forced), [undefined, undefined, ['reasoning']])
})

test('a model from before thinking is not asked for it', () => {
  const wish = { reasoning: { budgetTokens: 2000 }, maxOutputTokens: 4000 }
  const { body, lost } = encode(wish, { model: 'claude-3-5-haiku-20241022' })
  assert.deepEqual([body['thinking'], lost], [undefined, ['reasoning']])
})
