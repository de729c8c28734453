import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CompletionRequest, ContentPart, Message } from '../completion.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'

const hello: Message = { role: 'user', content: [{ kind: 'text', text: 'hello' }] }

function encode(members: Partial<CompletionRequest>, model = 'gpt-4o', maxOutputTokens?: number) {
  const request = { model, stream: false, messages: [hello], tools: [], untranslated: [], ...members }
  return encodeRequest(request, {
    model,
    wantUsage: true,
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
  })
}

test('writes the plain case, and nothing is kept at the vendor', () => {
  assert.deepEqual(encode({}), {
    body: {
      model: 'gpt-4o',
      input: [{ type: 'message', role: 'user', content: 'hello' }],
      store: false,
    },
    lost: [],
    headers: {},
  })
})

test('system text in front becomes the instructions, later system text stays where it was', () => {
  const system = (text: string): Message => ({ role: 'system', content: [{ kind: 'text', text }] })
  const { body } = encode({ messages: [system('first'), hello, system('later')] })
  assert.equal(body.instructions, 'first')
  assert.deepEqual(body.input, [
    { type: 'message', role: 'user', content: 'hello' },
    { type: 'message', role: 'system', content: 'later' },
  ])
  assert.deepEqual(encode({ messages: [system('alone')] }).body.input, [
    { type: 'message', role: 'system', content: 'alone' },
  ])
})

const history: readonly Message[] = [
  hello,
  {
    role: 'assistant',
    content: [
      { kind: 'reasoning', text: 'hm', signature: 'secret' },
      { kind: 'text', text: 'one moment' },
      { kind: 'toolCall', id: 'call_1', name: 'f', argumentsText: '' },
      { kind: 'toolCall', id: 'functions.g:0', name: 'g', argumentsText: '{"x":1}' },
    ],
  },
  {
    role: 'tool',
    content: [
      { kind: 'toolResult', callId: 'call_1', content: [{ kind: 'text', text: 'one' }] },
      {
        kind: 'toolResult',
        callId: 'functions.g:0',
        isError: true,
        content: [{ kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } }],
      },
    ],
  },
]

test('a turn with calls becomes a run of items whose ids fit, and foreign reasoning stays behind', () => {
  const { body, lost } = encode({ messages: history })
  const items = Array.isArray(body.input) ? body.input : []
  const id = items[3].call_id
  assert.match(id, /^call_[0-9a-f]{24}$/)
  assert.deepEqual(items.slice(1), [
    { type: 'message', role: 'assistant', content: 'one moment' },
    { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' },
    { type: 'function_call', call_id: id, name: 'g', arguments: '{"x":1}' },
    { type: 'function_call_output', call_id: 'call_1', output: 'one' },
    {
      type: 'function_call_output',
      call_id: id,
      output: [{ type: 'input_image', image_url: 'data:image/png;base64,AAAA' }],
    },
  ])
  assert.deepEqual(lost, ['messages.reasoning', 'messages.content.is_error'])
  assert.ok(!JSON.stringify(body).includes('secret'))
})

test('what is written is read back as the same turns', () => {
  const { body } = encode({ messages: history })
  const roles = decodeRequest(body).messages.map(message => message.role)
  assert.deepEqual(roles, ['user', 'assistant', 'tool', 'tool'])
})

test('media crosses where the wire takes it and is named where it does not', () => {
  const content: readonly ContentPart[] = [
    { kind: 'image', source: { kind: 'url', url: 'https://e.org/a.png' }, detail: 'high' },
    { kind: 'image', source: { kind: 'vendorFile', id: 'file-of-another' } },
    { kind: 'file', source: { kind: 'url', url: 'https://e.org/a.pdf' } },
    { kind: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' } },
    { kind: 'audio', format: 'wav', data: 'UklG' },
  ]
  const { body, lost } = encode({ messages: [{ role: 'user', content }] })
  assert.deepEqual(body.input, [
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_image', image_url: 'https://e.org/a.png', detail: 'high' },
        { type: 'input_file', file_url: 'https://e.org/a.pdf' },
        {
          type: 'input_file',
          filename: 'document.pdf',
          file_data: 'data:application/pdf;base64,JVBE',
        },
      ],
    },
  ])
  assert.deepEqual(lost, ['messages.content.image', 'messages.content.audio'])
})

test('tools are flat, and strict only when the caller said so', () => {
  const { body } = encode({
    tools: [
      { name: 'f', parameters: {} },
      { name: 'g', description: 'd', parameters: {}, strict: true },
    ],
    toolChoice: { kind: 'tool', name: 'f' },
    parallelToolCalls: false,
  })
  assert.deepEqual(body.tools, [
    { type: 'function', name: 'f', parameters: {}, strict: false },
    { type: 'function', name: 'g', description: 'd', parameters: {}, strict: true },
  ])
  assert.deepEqual(body.tool_choice, { type: 'function', name: 'f' })
  assert.equal(body.parallel_tool_calls, false)
  assert.equal(encode({ toolChoice: { kind: 'auto' } }).body.tool_choice, undefined)
})

test('the cap is the smaller of both, but never below what the vendor takes', () => {
  assert.equal(encode({ maxOutputTokens: 500 }, 'gpt-4o', 100).body.max_output_tokens, 100)
  const tiny = encode({ maxOutputTokens: 1 })
  assert.equal(tiny.body.max_output_tokens, 16)
  assert.deepEqual(tiny.lost, ['maxOutputTokens'])
})

test('a reasoning model gets an effort and no sampling', () => {
  const { body, lost } = encode({ temperature: 0.2, reasoning: { budgetTokens: 9000 } }, 'gpt-5')
  assert.deepEqual(body.reasoning, { effort: 'medium' })
  assert.equal(body.temperature, undefined)
  assert.deepEqual(lost, ['temperature', 'reasoning'])
})

test('names every parameter without a word here', () => {
  const { lost } = encode({
    stop: ['x'],
    seed: 1,
    topK: 2,
    frequencyPenalty: 1,
    presencePenalty: 1,
    choices: 2,
    serviceTier: 'standard_only',
  })
  assert.deepEqual(
    new Set(lost),
    new Set(['stop', 'seed', 'topK', 'frequencyPenalty', 'presencePenalty', 'choices', 'serviceTier']),
  )
})
