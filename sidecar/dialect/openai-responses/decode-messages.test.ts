import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject, JsonValue } from '../completion.ts'
import { decodeRequest } from './decode-request.ts'

function decode(members: JsonObject) {
  return decodeRequest({ model: 'gpt-5', ...members })
}

function messagesOf(...input: readonly JsonValue[]) {
  return decode({ input }).messages
}

test('one answer of the model is one turn, and every result a turn of its own', () => {
  const messages = messagesOf(
    { role: 'user', content: [{ type: 'input_text', text: 'both, please' }] },
    { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'two calls' }] },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'one moment' }] },
    { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '{"x":1}' },
    { type: 'function_call', call_id: 'call_2', name: 'g', arguments: '' },
    { type: 'function_call_output', call_id: 'call_1', output: 'one' },
    { type: 'function_call_output', call_id: 'call_2', output: [{ type: 'input_text', text: 'two' }] },
  )
  assert.deepEqual(messages, [
    { role: 'user', content: [{ kind: 'text', text: 'both, please' }] },
    {
      role: 'assistant',
      content: [
        { kind: 'reasoning', text: 'two calls' },
        { kind: 'text', text: 'one moment' },
        { kind: 'toolCall', id: 'call_1', name: 'f', argumentsText: '{"x":1}' },
        { kind: 'toolCall', id: 'call_2', name: 'g', argumentsText: '{}' },
      ],
    },
    {
      role: 'tool',
      content: [{ kind: 'toolResult', callId: 'call_1', content: [{ kind: 'text', text: 'one' }] }],
    },
    {
      role: 'tool',
      content: [{ kind: 'toolResult', callId: 'call_2', content: [{ kind: 'text', text: 'two' }] }],
    },
  ])
})

test('encrypted reasoning stays behind and is named', () => {
  const request = decode({
    input: [
      { role: 'user', content: 'hello' },
      { type: 'reasoning', summary: [], encrypted_content: 'gAAAA-secret' },
      { role: 'assistant', content: 'hi' },
    ],
  })
  assert.deepEqual(request.untranslated, ['input.reasoning.encrypted_content'])
  assert.ok(!JSON.stringify(request.messages).includes('secret'))
})

test('reads pictures, files and what a text rests on', () => {
  const [message, answer] = messagesOf(
    {
      role: 'user',
      content: [
        { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'low' },
        { type: 'input_image', file_id: 'file-1' },
        { type: 'input_file', file_url: 'https://example.org/a.pdf' },
        { type: 'input_file', filename: 'a.txt', file_data: 'data:text/plain;base64,QQ==' },
        { type: 'input_text', text: 'kept', prompt_cache_breakpoint: { mode: 'explicit' } },
      ],
    },
    {
      role: 'assistant',
      content: [
        {
          type: 'output_text',
          text: 'so it says',
          annotations: [
            { type: 'url_citation', url: 'https://e.org', title: 'E', start_index: 0, end_index: 2 },
          ],
        },
        { type: 'refusal', refusal: 'no more' },
      ],
    },
  )
  assert.deepEqual(message?.content, [
    { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' }, detail: 'low' },
    { kind: 'image', source: { kind: 'vendorFile', id: 'file-1' } },
    { kind: 'file', source: { kind: 'url', url: 'https://example.org/a.pdf' } },
    { kind: 'file', source: { kind: 'base64', mediaType: 'text/plain', data: 'QQ==' }, name: 'a.txt' },
    { kind: 'text', text: 'kept', cacheControl: {} },
  ])
  assert.deepEqual(answer?.content, [
    {
      kind: 'text',
      text: 'so it says',
      citations: [{ url: 'https://e.org', title: 'E', start: 0, end: 2 }],
    },
    { kind: 'refusal', text: 'no more' },
  ])
})

test('items of built-in tools are left out and named', () => {
  const { messages, untranslated } = decode({
    input: [
      { role: 'user', content: 'hello' },
      { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      { type: 'custom_tool_call', call_id: 'c', name: 'patch', input: 'x' },
      { role: 'assistant', content: 'hi', phase: 'final_answer' },
    ],
  })
  assert.equal(messages.length, 2)
  assert.deepEqual(untranslated, ['input.custom_tool_call', 'input.phase', 'input.web_search_call'])
})
