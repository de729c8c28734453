import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CompletionRequest, Message } from '../completion.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'

const user: Message = { role: 'user', content: [{ kind: 'text', text: 'hi' }] }
const base: CompletionRequest = { model: 'm', stream: false, messages: [user], tools: [], untranslated: [] }

function encode(request: Partial<CompletionRequest>, model = 'some-model') {
  return encodeRequest({ ...base, ...request }, { model, wantUsage: true })
}

test('asks for the target model, and for usage only in a stream', () => {
  assert.deepEqual(encode({}).body, { model: 'some-model', messages: [{ role: 'user', content: 'hi' }] })
  assert.deepEqual(encode({ stream: true }).body['stream_options'], { include_usage: true })
})

test('caps with the word that the model knows', () => {
  const change = { maxOutputTokens: 100, wantUsage: false }
  const asked = { ...base, maxOutputTokens: 500 }
  assert.equal(encodeRequest(asked, { ...change, model: 'gpt-5-mini' }).body['max_completion_tokens'], 100)
  assert.equal(encodeRequest(asked, { ...change, model: 'openai/o3' }).body['max_completion_tokens'], 100)
  assert.equal(encodeRequest(asked, { ...change, model: 'mistral-large-latest' }).body['max_tokens'], 100)
  assert.equal(encodeRequest(asked, { ...change, model: 'gpt-oss:120b' }).body['max_tokens'], 100)
  assert.equal(
    encodeRequest({ ...base, maxOutputTokens: 50 }, { ...change, model: 'x' }).body['max_tokens'],
    50,
  )
})

test('reasoning models get no sampling parameters, and the loss is told', () => {
  const sampling = { temperature: 0.2, topP: 0.5, stop: ['x'], logprobs: {}, frequencyPenalty: 1 }
  const { body, lost } = encode(sampling, 'gpt-5')
  assert.deepEqual(Object.keys(body), ['model', 'messages'])
  assert.deepEqual([...lost].sort(), ['frequencyPenalty', 'logprobs', 'stop', 'temperature', 'topP'])
  assert.deepEqual(encode(sampling, 'gpt-4o').lost, [])
})

test('an effort goes where it is understood; a budget is only approximated', () => {
  assert.deepEqual(encode({ reasoning: { effort: 'high' } }).body['reasoning_effort'], 'high')
  assert.deepEqual(encode({ reasoning: { effort: 'high' } }, 'gpt-4o').lost, ['reasoning'])
  const budget = encode({ reasoning: { budgetTokens: 4000 } }, 'o3')
  assert.equal(budget.body['reasoning_effort'], 'medium')
  assert.deepEqual(budget.lost, ['reasoning'])
})

test('more stop sequences than four are cut and told', () => {
  const { body, lost } = encode({ stop: ['a', 'b', 'c', 'd', 'e'] })
  assert.deepEqual(body['stop'], ['a', 'b', 'c', 'd'])
  assert.deepEqual(lost, ['stop'])
})

test('tool switches are sent only together with tools', () => {
  const switches = { toolChoice: { kind: 'required' }, parallelToolCalls: false } as const
  assert.deepEqual(Object.keys(encode(switches).body), ['model', 'messages'])
  const tools = [{ name: 'f', parameters: { type: 'object' } }]
  const { body } = encode({ ...switches, tools })
  assert.equal(body['tool_choice'], 'required')
  assert.equal(body['parallel_tool_calls'], false)
})

test('every tool result becomes a message of its own, pictures follow after the last', () => {
  const messages: readonly Message[] = [
    {
      role: 'assistant',
      content: [
        { kind: 'reasoning', text: 'hm', signature: 's' },
        { kind: 'toolCall', id: 'a', name: 'f', argumentsText: '{}' },
        { kind: 'toolCall', id: 'b', name: 'g', argumentsText: '{"x":1}' },
      ],
    },
    {
      role: 'tool',
      content: [
        {
          kind: 'toolResult',
          callId: 'a',
          isError: true,
          content: [
            { kind: 'text', text: 'seen' },
            { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' } },
          ],
        },
        { kind: 'toolResult', callId: 'b', content: [] },
      ],
    },
    { role: 'user', content: [{ kind: 'text', text: 'so?' }] },
  ]
  const { body, lost } = encode({ messages })
  assert.deepEqual(body['messages'], [
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } },
        { id: 'b', type: 'function', function: { name: 'g', arguments: '{"x":1}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'a', content: 'seen' },
    { role: 'tool', tool_call_id: 'b', content: '' },
    { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }] },
    { role: 'user', content: 'so?' },
  ])
  assert.deepEqual([...lost].sort(), ['messages.content.is_error', 'messages.reasoning'])
})

test('ids that a chat server refuses are replaced alike in call and result', () => {
  const foreign = 'toolu_bdrk_01L9pX1Wp4FAEq9TT2Z6UAe7_and_more_than_forty'
  const messages: readonly Message[] = [
    { role: 'assistant', content: [{ kind: 'toolCall', id: foreign, name: 'f', argumentsText: '{}' }] },
    { role: 'tool', content: [{ kind: 'toolResult', callId: foreign, content: [] }] },
  ]
  for (const [model, shape] of [
    ['gpt-4o', /^call_[0-9a-f]{24}$/],
    ['mistral-large-latest', /^[a-zA-Z0-9]{9}$/],
  ] as const) {
    const decoded = decodeRequest(encode({ messages }, model).body)
    const [call] = decoded.messages[0]?.content ?? []
    const [result] = decoded.messages[1]?.content ?? []
    assert.ok(call?.kind === 'toolCall' && result?.kind === 'toolResult')
    assert.match(call.id, shape)
    assert.equal(result.callId, call.id)
  }
})

test('what no chat server can fetch stays behind and is told', () => {
  const content = [
    { kind: 'file', source: { kind: 'url', url: 'https://files.example/a.pdf' } },
    { kind: 'image', source: { kind: 'vendorFile', id: 'file_1' } },
  ] as const
  const { body, lost } = encode({ messages: [{ role: 'user', content }] })
  assert.deepEqual(body['messages'], [{ role: 'user', content: '' }])
  assert.deepEqual([...lost].sort(), ['messages.content.file', 'messages.content.image'])
})

test('decoding what was encoded gives the same request', () => {
  const request: CompletionRequest = {
    ...base,
    stream: true,
    tools: [{ name: 'f', description: 'd', parameters: { type: 'object', properties: {} }, strict: true }],
    toolChoice: { kind: 'tool', name: 'f' },
    parallelToolCalls: true,
    maxOutputTokens: 9,
    temperature: 1.5,
    stop: ['a', 'b'],
    responseFormat: {
      kind: 'jsonSchema',
      name: 'n',
      schema: { type: 'object' },
      strict: true,
      description: 'x',
    },
    reasoning: { effort: 'low' },
    choices: 2,
    logprobs: { top: 1 },
    model: 'some-model',
  }
  assert.deepEqual(decodeRequest(encode(request).body), request)
})

test('an unfinished answer is marked where it is refused without', () => {
  const begun: Message = { role: 'assistant', content: [{ kind: 'text', text: 'The answer' }] }
  const last = (endpoint: string, messages: readonly Message[]) => {
    const { body } = encodeRequest({ ...base, messages }, { model: 'm', wantUsage: false, endpoint })
    return Array.isArray(body['messages']) ? body['messages'].at(-1) : undefined
  }
  const marked = { role: 'assistant', content: 'The answer', prefix: true }
  assert.deepEqual(last('https://api.mistral.ai/v1', [user, begun]), marked)
  assert.deepEqual(last('https://api.mistral.ai/v1', [begun, user]), { role: 'user', content: 'hi' })
  assert.equal(last('https://api.openai.com/v1', [user, begun])['prefix'], undefined)
})

test('an effort that the model refuses becomes the nearest one, and the loss is told', () => {
  const { body, lost } = encode({ reasoning: { effort: 'max' } }, 'gpt-5')
  assert.deepEqual([body['reasoning_effort'], lost], ['high', ['reasoning']])
  assert.deepEqual(encode({ reasoning: { effort: 'minimal' } }, 'gpt-5').lost, [])
  assert.equal(encode({ reasoning: { budgetTokens: 500 } }, 'gpt-5-pro').body['reasoning_effort'], 'high')
})

test('tools without parameters say so in the form that is taken', () => {
  const tools = [
    { name: 'a', parameters: { type: 'object' } },
    { name: 'b', parameters: {} },
  ]
  assert.deepEqual(
    encode({ tools }).body['tools'],
    ['a', 'b'].map(name => ({
      type: 'function',
      function: { name, parameters: { type: 'object', properties: {} } },
    })),
  )
})

test('an answer that is a list cannot be asked for', () => {
  const schema = { type: 'array', items: { type: 'string' } }
  const { body, lost } = encode({ responseFormat: { kind: 'jsonSchema', name: 'answer', schema } })
  assert.deepEqual([body['response_format'], lost], [undefined, ['responseFormat']])
})

test('files have a name with an ending, and what no server takes is named', () => {
  const file = (mediaType: string, name?: string) => {
    const source = { kind: 'base64', mediaType, data: 'AA' } as const
    return { kind: 'file', source, ...(name !== undefined && { name }) } as const
  }
  const word = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
  const content = [
    file('application/pdf', 'Annual report'),
    file('application/pdf', 'a.b.pdf'),
    file(word),
    file('video/mp4'),
    { kind: 'image', source: { kind: 'base64', mediaType: 'image/heic', data: 'AA' } },
    { kind: 'audio', format: 'ogg', data: 'AA' },
  ] as const
  const { body, lost } = encode({ messages: [{ role: 'user', content }] })
  const names = JSON.stringify(body['messages']).match(/(?<="filename":")[^"]*/g)
  assert.deepEqual(names, ['Annual report.pdf', 'a.b.pdf', 'document.docx'])
  assert.deepEqual([...lost].sort(), [
    'messages.content.audio',
    'messages.content.file',
    'messages.content.image',
  ])
})
