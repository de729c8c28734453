import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CompletionRequest, ContentPart, JsonObject, Message } from '../completion.ts'
import { memberOf } from '../json-value.ts'
import { encodeRequest } from './encode-request.ts'

const asked: Message = { role: 'user', content: [{ kind: 'text', text: 'hello' }] }

function encode(more: Partial<CompletionRequest>, model = 'gemini-2.5-flash') {
  const request = { model: 'm', stream: false, messages: [asked], tools: [], untranslated: [], ...more }
  return encodeRequest(request, { model, wantUsage: true })
}

function call(id: string, signature?: string): ContentPart {
  return { kind: 'toolCall', id, name: `do_${id}`, argumentsText: '{}', ...(signature && { signature }) }
}

function result(callId: string, text: string): Message {
  return { role: 'tool', content: [{ kind: 'toolResult', callId, content: [{ kind: 'text', text }] }] }
}

const called: Message = { role: 'assistant', content: [call('a'), call('b')] }

function partsOf(body: JsonObject, turn: number) {
  const contents = body.contents
  return Array.isArray(contents) ? memberOf(contents[turn], 'parts') : undefined
}

test('puts results in one turn, in the order of their calls, and the user’s words behind them', () => {
  const { body } = encode({ messages: [asked, called, result('b', '2'), result('a', '1'), asked] })
  assert.deepEqual(partsOf(body, 2), [
    { functionResponse: { id: 'a', name: 'do_a', response: { output: '1' } } },
    { functionResponse: { id: 'b', name: 'do_b', response: { output: '2' } } },
  ])
  assert.deepEqual(partsOf(body, 3), [{ text: 'hello' }])
})

test('gives a foreign call the documented stand-in only where the model checks signatures', () => {
  const messages = [asked, called, result('a', '1'), result('b', '2')]
  const { body } = encode({ messages }, 'gemini-3-pro-preview')
  assert.deepEqual(partsOf(body, 1), [
    {
      functionCall: { id: 'a', name: 'do_a', args: {} },
      thoughtSignature: 'skip_thought_signature_validator',
    },
    { functionCall: { id: 'b', name: 'do_b', args: {} } },
  ])
  assert.doesNotMatch(JSON.stringify(encode({ messages }).body), /thoughtSignature/)
})

test('sends signatures of Google back and those of nobody else', () => {
  const content: ContentPart[] = [
    { kind: 'reasoning', text: 'theirs', signature: 'foreign' },
    { kind: 'reasoning', text: 'ours', signature: 'gemini:own' },
    call('a', 'foreign'),
    call('b', 'gemini:own'),
  ]
  const { body, lost } = encode({ messages: [asked, { role: 'assistant', content }] }, 'gemini-3-flash')
  assert.deepEqual(partsOf(body, 1), [
    { text: 'ours', thought: true, thoughtSignature: 'own' },
    {
      functionCall: { id: 'a', name: 'do_a', args: {} },
      thoughtSignature: 'skip_thought_signature_validator',
    },
    { functionCall: { id: 'b', name: 'do_b', args: {} }, thoughtSignature: 'own' },
  ])
  assert.deepEqual(lost, ['messages.reasoning'])
})

test('shows media of a result inside it, or behind it to models that read it only there', () => {
  const image = { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' } } as const
  const answered: Message = { role: 'tool', content: [{ kind: 'toolResult', callId: 'a', content: [image] }] }
  const messages = [asked, { role: 'assistant', content: [call('a')] } as const, answered]
  const blob = { inlineData: { mimeType: 'image/png', data: 'AA==' } }
  assert.deepEqual(partsOf(encode({ messages }, 'gemini-3-flash').body, 2), [
    { functionResponse: { id: 'a', name: 'do_a', response: {}, parts: [blob] } },
  ])
  assert.deepEqual(partsOf(encode({ messages }).body, 3), [blob])
})

test('merges neighbours, moves instructions to their place and ends with the user', () => {
  const { body, lost } = encode({
    messages: [
      { role: 'system', content: [{ kind: 'text', text: 'one' }] },
      asked,
      { role: 'system', content: [{ kind: 'text', text: 'two' }] },
      asked,
      { role: 'assistant', content: [{ kind: 'text', text: 'so' }] },
    ],
  })
  assert.deepEqual(body, {
    systemInstruction: { parts: [{ text: 'one' }, { text: 'two' }] },
    contents: [
      { role: 'user', parts: [{ text: 'hello' }, { text: 'hello' }] },
      { role: 'model', parts: [{ text: 'so' }] },
      { role: 'user', parts: [{ text: 'Continue.' }] },
    ],
  })
  assert.deepEqual(lost, ['messages.role'])
})

test('says an effort in the words of the model’s generation', () => {
  const rows: readonly (readonly [
    model: string,
    effort: string,
    config: JsonObject | undefined,
    lost: boolean,
  ])[] = [
    ['gemini-2.5-flash', 'none', { thinkingBudget: 0 }, false],
    ['gemini-2.5-flash', 'high', { thinkingBudget: 24_576, includeThoughts: true }, false],
    ['models/gemini-2.5-pro', 'none', { thinkingBudget: 128 }, true],
    ['gemini-3-flash-preview', 'low', { thinkingLevel: 'low', includeThoughts: true }, false],
    ['gemini-3-flash-preview', 'none', { thinkingLevel: 'minimal' }, true],
    ['gemini-3-pro-preview', 'medium', { thinkingLevel: 'high', includeThoughts: true }, true],
    ['gemini-3.1-pro-preview', 'medium', { thinkingLevel: 'medium', includeThoughts: true }, false],
    ['gemini-flash-latest', 'xhigh', { thinkingLevel: 'high', includeThoughts: true }, true],
    ['gemini-2.0-flash', 'high', undefined, true],
    ['gemini-2.0-flash', 'none', undefined, false],
    ['gemma-3-27b-it', 'low', undefined, true],
  ]
  for (const [model, effort, config, isLost] of rows) {
    const { body, lost } = encode({ reasoning: { effort } }, model)
    assert.deepEqual(memberOf(body.generationConfig, 'thinkingConfig'), config, `${model} ${effort}`)
    assert.equal(lost.includes('reasoning'), isLost, `${model} ${effort}`)
  }
})

test('fits a budget to what the model allows', () => {
  const { body, lost } = encode({ reasoning: { budgetTokens: 50_000 } }, 'gemini-2.5-pro')
  assert.deepEqual(body.generationConfig, {
    thinkingConfig: { thinkingBudget: 32_768, includeThoughts: true },
  })
  assert.deepEqual(lost, ['reasoning'])
})

test('leaves out what the current models answer with a 400', () => {
  const wishes = { frequencyPenalty: 0.5, presencePenalty: 0.5, logprobs: { top: 30 } }
  const current = encode(wishes, 'gemini-2.5-flash')
  assert.equal(current.body.generationConfig, undefined)
  assert.deepEqual(current.lost, ['frequencyPenalty', 'presencePenalty', 'logprobs'])
  const older = encode(wishes, 'gemini-2.0-flash')
  assert.deepEqual(older.lost, [])
  assert.deepEqual(older.body.generationConfig, {
    frequencyPenalty: 0.5,
    presencePenalty: 0.5,
    responseLogprobs: true,
    logprobs: 20,
  })
})

test('keeps the form of an answer, but not beside functions where the model refuses both', () => {
  const responseFormat = { kind: 'jsonSchema', name: 'x', schema: { type: 'object' } } as const
  const tools = [{ name: 'a', parameters: { type: 'object' } }]
  assert.deepEqual(encode({ responseFormat }).body.generationConfig, {
    responseMimeType: 'application/json',
    responseJsonSchema: { type: 'object' },
  })
  assert.deepEqual(encode({ responseFormat, tools }).lost, ['responseFormat'])
  assert.deepEqual(encode({ responseFormat, tools }, 'gemini-3-flash').lost, [])
})

test('names every other loss', () => {
  const { lost } = encode({
    endUser: 'u',
    seed: 2 ** 40,
    stop: ['1', '2', '3', '4', '5', '6'],
    temperature: 3,
    choices: 20,
    serviceTier: 'scale',
    parallelToolCalls: false,
    tools: [{ name: 'a', parameters: {}, strict: true, cacheControl: {} }],
    messages: [
      {
        role: 'user',
        name: 'ann',
        content: [
          { kind: 'text', text: 'a', cacheControl: {} },
          { kind: 'image', source: { kind: 'vendorFile', id: 'f' }, detail: 'low' },
          { kind: 'file', source: { kind: 'vendorFile', id: 'f' }, name: 'n' },
        ],
      },
    ],
  })
  assert.deepEqual([...lost].sort(), [
    'choices',
    'endUser',
    'messages.content.cache_control',
    'messages.content.detail',
    'messages.content.file',
    'messages.content.file.name',
    'messages.content.image',
    'messages.name',
    'parallelToolCalls',
    'seed',
    'serviceTier',
    'stop',
    'temperature',
    'tools.cache_control',
    'tools.strict',
  ])
})

test('caps the answer at what caller, policy and model allow', () => {
  const request = { model: 'm', stream: false, messages: [asked], tools: [], untranslated: [] }
  const change = { model: 'gemini-x', wantUsage: false, maxOutputTokens: 100, modelMaxOutputTokens: 50 }
  assert.deepEqual(encodeRequest(request, change).body.generationConfig, { maxOutputTokens: 50 })
  const lower = encodeRequest({ ...request, maxOutputTokens: 7 }, change)
  assert.deepEqual(lower.body.generationConfig, { maxOutputTokens: 7 })
  assert.deepEqual(lower.lost, [])
})
