import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CompletionRequest, Message } from '../completion.ts'
import type { RequestChange } from '../dialect.ts'
import { encodeRequest } from './encode-request.ts'

const plain: CompletionRequest = {
  model: 'gpt-5',
  stream: false,
  messages: [{ role: 'user', content: [{ kind: 'text', text: 'hi' }] }],
  tools: [],
  untranslated: [],
}
const change: RequestChange = { model: 'command-a-03-2025', wantUsage: false }
const look = { name: 'look', parameters: { type: 'object', properties: {} } }
const write = { name: 'write', parameters: { type: 'object', properties: {} } }

function encode(more: Partial<CompletionRequest>, model = change.model) {
  return encodeRequest({ ...plain, ...more }, { ...change, model })
}

test('text before tool calls becomes the plan, and every result a message of its own', () => {
  const messages: readonly Message[] = [
    ...plain.messages,
    {
      role: 'assistant',
      content: [
        { kind: 'reasoning', text: 'hm', signature: 'sealed' },
        { kind: 'text', text: 'I look.' },
        { kind: 'toolCall', id: 'toolu_1', name: 'look', argumentsText: '' },
      ],
    },
    {
      role: 'tool',
      content: [
        { kind: 'toolResult', callId: 'toolu_1', isError: true, content: [{ kind: 'text', text: 'dark' }] },
      ],
    },
  ]
  const { body, lost } = encode({ messages })
  assert.deepEqual(body.messages, [
    { role: 'user', content: 'hi' },
    {
      role: 'assistant',
      tool_plan: 'I look.',
      tool_calls: [{ id: 'toolu_1', type: 'function', function: { name: 'look', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'toolu_1', content: 'dark' },
  ])
  assert.deepEqual([...lost].sort(), ['messages.content.is_error', 'messages.reasoning'])
})

test('pictures of tool results follow behind all results of the turn', () => {
  const image = {
    kind: 'image',
    source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' },
  } as const
  const messages: readonly Message[] = [
    { role: 'tool', content: [{ kind: 'toolResult', callId: 'a', content: [image] }] },
    { role: 'tool', content: [{ kind: 'toolResult', callId: 'b', content: [] }] },
  ]
  assert.deepEqual(encode({ messages }).body.messages, [
    { role: 'tool', tool_call_id: 'a', content: '' },
    { role: 'tool', tool_call_id: 'b', content: '' },
    {
      role: 'user',
      content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }],
    },
  ])
})

test('a tool that has to be called is the only one that is offered', () => {
  const { body, lost } = encode({ tools: [look, write], toolChoice: { kind: 'tool', name: 'write' } })
  assert.equal(body.tool_choice, 'REQUIRED')
  assert.deepEqual(body.tools, [{ type: 'function', function: write }])
  assert.deepEqual(lost, [])
})

test('a format beside tools is lost, because the wire refuses both together', () => {
  const responseFormat = { kind: 'jsonSchema', name: 'answer', schema: { type: 'object' } } as const
  assert.deepEqual(encode({ responseFormat }).body.response_format, {
    type: 'json_object',
    json_schema: { type: 'object' },
  })
  const both = encode({ responseFormat, tools: [look] })
  assert.equal(both.body.response_format, undefined)
  assert.deepEqual(both.lost, ['responseFormat'])
})

test('numbers outside the wire’s bounds are cut, and the cut is named where it matters', () => {
  const { body, lost } = encode({
    topP: 1,
    topK: 1000,
    frequencyPenalty: -0.5,
    presencePenalty: 1.5,
    stop: ['a', 'b', 'c', 'd', 'e', 'f'],
  })
  assert.equal(body.p, 0.99)
  assert.equal(body.k, 500)
  assert.equal(body.frequency_penalty, undefined)
  assert.equal(body.presence_penalty, 1)
  assert.deepEqual(body.stop_sequences, ['a', 'b', 'c', 'd', 'e'])
  assert.deepEqual([...lost].sort(), ['frequencyPenalty', 'presencePenalty', 'stop', 'topK'])
})

test('only models that think are told how', () => {
  const reasoning = { budgetTokens: 2000 }
  const thinking = encode({ reasoning }, 'command-a-reasoning-08-2025')
  assert.deepEqual(thinking.body.thinking, { type: 'enabled', token_budget: 2000 })
  assert.deepEqual(thinking.lost, [])
  const other = encode({ reasoning })
  assert.equal(other.body.thinking, undefined)
  assert.deepEqual(other.lost, ['reasoning'])
  assert.deepEqual(encode({ reasoning: { effort: 'none' } }).lost, [])
})

test('the lower of two caps counts, and what has no word is named', () => {
  const { body, lost } = encodeRequest(
    {
      ...plain,
      maxOutputTokens: 100,
      choices: 2,
      endUser: 'u',
      serviceTier: 'flex',
      parallelToolCalls: false,
      tools: [look],
      logprobs: { top: 3 },
    },
    { ...change, maxOutputTokens: 50 },
  )
  assert.equal(body.max_tokens, 50)
  assert.equal(body.logprobs, true)
  assert.deepEqual([...lost].sort(), ['choices', 'endUser', 'logprobs', 'parallelToolCalls', 'serviceTier'])
})

test('another vendor’s file ids and sealed thinking never leave', () => {
  const messages: readonly Message[] = [
    { role: 'user', content: [{ kind: 'image', source: { kind: 'vendorFile', id: 'file-secret' } }] },
    { role: 'assistant', content: [{ kind: 'reasoning', text: 'hm', signature: 'sealed' }] },
    { role: 'user', content: [{ kind: 'text', text: 'go' }] },
  ]
  const { body, lost } = encode({ messages }, 'command-a-reasoning-08-2025')
  assert.deepEqual(body.messages, [{ role: 'user', content: 'go' }])
  assert.deepEqual([...lost].sort(), ['messages.content.image', 'messages.reasoning'])
  assert.doesNotMatch(JSON.stringify(body), /secret|sealed/)
})
