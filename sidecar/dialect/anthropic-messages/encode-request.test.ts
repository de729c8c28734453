import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encode, hello } from '../../../test/support/anthropic-encoding.ts'
import type { CompletionRequest, JsonObject, Message } from '../completion.ts'
import type { RequestChange } from '../dialect.ts'

function assistant(text: string): Message {
  return { role: 'assistant', content: [{ kind: 'text', text }] }
}

test('asks for as many tokens as the caller, the policy and the model allow', () => {
  const tokens = (asked: number | undefined, change: Partial<RequestChange>) => {
    const { body, lost } = encode(asked === undefined ? {} : { maxOutputTokens: asked }, change)
    return [body['max_tokens'], lost.length]
  }
  assert.deepEqual(tokens(undefined, {}), [4096, 0])
  assert.deepEqual(tokens(undefined, { modelMaxOutputTokens: 8192 }), [8192, 0])
  assert.deepEqual(tokens(undefined, { maxOutputTokens: 50, modelMaxOutputTokens: 8192 }), [50, 0])
  assert.deepEqual(tokens(700, { maxOutputTokens: 500 }), [500, 0])
  assert.deepEqual(tokens(300, { maxOutputTokens: 500 }), [300, 0])
  assert.deepEqual(tokens(9000, { modelMaxOutputTokens: 8192 }), [8192, 1])
})

test('chooses the version that takes sampling parameters only when there are some', () => {
  assert.equal(encode({ temperature: 0.5 }).headers['anthropic-version'], '2023-06-01')
  assert.equal(encode({ topK: 5 }).headers['anthropic-version'], '2023-06-01')
  assert.equal(encode({}).headers['anthropic-version'], '2026-10-21')
})

test('clamps the temperature and says so', () => {
  const { body, lost } = encode({ temperature: 1.7 })
  assert.equal(body['temperature'], 1)
  assert.deepEqual(lost, ['temperature'])
})

test('carries one of temperature and top_p, because models refuse both', () => {
  const both = encode({ temperature: 0.2, topP: 0.9 })
  assert.equal(both.body['top_p'], undefined)
  assert.deepEqual(both.lost, ['topP'])
  assert.deepEqual(encode({ temperature: 0.2, topP: 1 }).lost, [])
  assert.equal(encode({ topP: 0.9 }).body['top_p'], 0.9)
})

test('names the parameters without a word here, but not those that change nothing', () => {
  const { lost } = encode({
    seed: 1,
    frequencyPenalty: 0.5,
    presencePenalty: -0.5,
    choices: 2,
    logprobs: {},
    reasoning: { effort: 'high' },
    responseFormat: { kind: 'json' },
    serviceTier: 'flex',
    stop: ['\n', 'END'],
  })
  assert.deepEqual([...lost].sort(), [
    'choices',
    'frequencyPenalty',
    'logprobs',
    'presencePenalty',
    'reasoning',
    'responseFormat',
    'seed',
    'serviceTier',
    'stop',
  ])
  const neutral = encode({ frequencyPenalty: 0, choices: 1, reasoning: { effort: 'none' } })
  assert.deepEqual(neutral.lost, [])
})

test('leaves blank stop sequences out', () => {
  assert.deepEqual(encode({ stop: ['\n', 'END'] }).body['stop_sequences'], ['END'])
  assert.equal(encode({ stop: ['\n'] }).body['stop_sequences'], undefined)
})

test('merges neighbours of one role and drops blank texts', () => {
  const { body } = encode({
    messages: [hello, { role: 'user', content: [{ kind: 'text', text: '  ' }] }, hello, assistant(''), hello],
  })
  const text = { type: 'text', text: 'Hello' }
  assert.deepEqual(body['messages'], [{ role: 'user', content: [text, text, text] }])
})

test('puts all tool results first into one user turn', () => {
  const call = (id: string) => ({ kind: 'toolCall', id, name: 'look', argumentsText: '{"a":1}' }) as const
  const result = (callId: string): Message => ({
    role: 'tool',
    content: [{ kind: 'toolResult', callId, content: [{ kind: 'text', text: callId }] }],
  })
  const { body } = encode({
    messages: [
      hello,
      { role: 'assistant', content: [call('a'), call('b')] },
      result('a'),
      hello,
      result('b'),
    ],
  })
  const block = (id: string) => ({
    type: 'tool_result',
    tool_use_id: id,
    content: [{ type: 'text', text: id }],
  })
  assert.deepEqual(messagesOf(body)[2], {
    role: 'user',
    content: [block('a'), block('b'), { type: 'text', text: 'Hello' }],
  })
  // The history calls a tool that the request does not declare: it may be read, not called.
  assert.deepEqual(body['tools'], [{ name: 'look', input_schema: { type: 'object' } }])
  assert.deepEqual(body['tool_choice'], { type: 'none' })
})

test('moves instructions to the top, and says so when they stood between turns', () => {
  const system = (text: string): Message => ({ role: 'system', content: [{ kind: 'text', text }] })
  const { body, lost } = encode({ messages: [system('One.'), hello, system('Two.'), hello] })
  assert.deepEqual(body['system'], [
    { type: 'text', text: 'One.' },
    { type: 'text', text: 'Two.' },
  ])
  assert.deepEqual(lost, ['messages.role'])
  assert.deepEqual(encode({ messages: [system('One.'), hello] }).lost, [])
})

test('begins with a user turn, whatever the caller began with', () => {
  const system: Message = { role: 'system', content: [{ kind: 'text', text: 'Write a poem.' }] }
  const alone = encode({ messages: [system] }).body
  assert.deepEqual(alone['messages'], [{ role: 'user', content: [{ type: 'text', text: 'Write a poem.' }] }])
  assert.equal(alone['system'], undefined)
  assert.equal(messagesOf(encode({ messages: [assistant('Hi'), hello] }).body)[0]?.['role'], 'user')
})

test('keeps an assistant turn at the end as a prefill where it can be continued', () => {
  const messages = [hello, assistant('The answer is  ')]
  const last = (request: Partial<CompletionRequest>) => messagesOf(encode(request).body).at(-1)
  assert.deepEqual(last({ messages }), {
    role: 'assistant',
    content: [{ type: 'text', text: 'The answer is' }],
  })
  const tools = [{ name: 'look', parameters: {} }]
  assert.equal(last({ messages, tools, toolChoice: { kind: 'required' } })?.['role'], 'user')
})

test('leaves foreign reasoning behind and says so', () => {
  const reasoning = { kind: 'reasoning', text: 'Hm.', signature: 'foreign' } as const
  const reasoned: Message = { role: 'assistant', content: [reasoning, { kind: 'text', text: 'Yes.' }] }
  const messages = [hello, reasoned, hello]
  const { body, lost } = encode({ messages })
  assert.deepEqual(messagesOf(body)[1]?.['content'], [{ type: 'text', text: 'Yes.' }])
  assert.deepEqual(lost, ['messages.reasoning'])
})

test('names media that cannot hop', () => {
  const { lost } = encode({
    messages: [
      {
        role: 'user',
        content: [
          { kind: 'text', text: 'x' },
          { kind: 'audio', format: 'wav', data: 'AA' },
          { kind: 'image', source: { kind: 'vendorFile', id: 'f' } },
          { kind: 'file', source: { kind: 'base64', mediaType: 'application/zip', data: 'AA' } },
        ],
      },
    ],
  })
  assert.deepEqual([...lost].sort(), [
    'messages.content.audio',
    'messages.content.file',
    'messages.content.image',
  ])
})

test('says a schema natively and closes it', () => {
  const schema: JsonObject = { type: 'object', properties: { n: { type: 'integer' } } }
  const { body, lost } = encode({ responseFormat: { kind: 'jsonSchema', name: 'x', schema } })
  const closed = { ...schema, additionalProperties: false }
  assert.deepEqual(body['output_config'], { format: { type: 'json_schema', schema: closed } })
  assert.deepEqual(lost, [])
})

test('gives tools an object schema and keeps strict only where it is accepted', () => {
  const { body, lost } = encode({
    tools: [
      { name: 'bare', parameters: {} },
      { name: 'loose', parameters: { type: 'object', properties: { a: {} } }, strict: true },
      {
        name: 'tight',
        parameters: { type: 'object', properties: {}, additionalProperties: false },
        strict: true,
      },
    ],
  })
  assert.deepEqual(body['tools'], [
    { name: 'bare', input_schema: { type: 'object' } },
    { name: 'loose', input_schema: { type: 'object', properties: { a: {} } } },
    {
      name: 'tight',
      input_schema: { type: 'object', properties: {}, additionalProperties: false },
      strict: true,
    },
  ])
  assert.deepEqual(lost, ['tools.strict'])
})

test('shows the model its own text where arguments are no JSON object', () => {
  const content = [{ kind: 'toolCall', id: 'a', name: 'look', argumentsText: '{"cut' }] as const
  const { body } = encode({ messages: [hello, { role: 'assistant', content }] })
  assert.deepEqual(messagesOf(body)[1]?.['content'], [
    { type: 'tool_use', id: 'a', name: 'look', input: { unparsed: '{"cut' } },
  ])
})

function messagesOf(body: JsonObject): readonly JsonObject[] {
  const messages = body['messages']
  assert.ok(Array.isArray(messages))
  return messages
}

test('an image type that only other vendors know gets its registered name', () => {
  const source = { kind: 'base64', mediaType: 'image/JPG', data: 'AAAA' } as const
  const { body } = encode({ messages: [{ role: 'user', content: [{ kind: 'image', source }] }] })
  assert.match(JSON.stringify(body['messages']), /"media_type":"image\/jpeg"/)
})

test('a picture of a type that the wire does not know stays behind', () => {
  const source = { kind: 'base64', mediaType: 'image/heic', data: 'AAAA' } as const
  const { lost } = encode({ messages: [{ role: 'user', content: [{ kind: 'image', source }] }, hello] })
  assert.deepEqual(lost, ['messages.content.image'])
})
