import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../completion.ts'
import { RequestRejected } from '../request-rejected.ts'
import { decodeRequest } from './decode-request.ts'

const head = { model: 'gemini-2.5-flash', stream: false }
const hello = [{ role: 'user', parts: [{ text: 'hello' }] }]

function decode(body: JsonObject) {
  return decodeRequest({ contents: hello, ...body }, head)
}

function refusalOf(body: JsonObject): RequestRejected {
  try {
    decodeRequest(body, head)
  } catch (error) {
    if (error instanceof RequestRejected) return error
  }
  throw new Error('not refused')
}

test('takes the model and the wish for a stream from the path', () => {
  const decoded = decodeRequest({ contents: hello }, { model: 'models/gemini-x', stream: true })
  assert.equal(decoded.model, 'gemini-x')
  assert.equal(decoded.stream, true)
})

test('reads a request in snake case as the same in camel case', () => {
  const camel = decode({
    systemInstruction: { parts: [{ text: 'be brief' }] },
    generationConfig: {
      maxOutputTokens: 5,
      stopSequences: ['x'],
      topP: 0.5,
      responseMimeType: 'application/json',
    },
    tools: [{ functionDeclarations: [{ name: 'look', parametersJsonSchema: { type: 'object' } }] }],
    toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['look'] } },
  })
  const snake = decode({
    system_instruction: { parts: [{ text: 'be brief' }] },
    generation_config: {
      max_output_tokens: 5,
      stop_sequences: ['x'],
      top_p: 0.5,
      response_mime_type: 'application/json',
    },
    tools: [{ function_declarations: [{ name: 'look', parameters_json_schema: { type: 'object' } }] }],
    tool_config: { function_calling_config: { mode: 'any', allowed_function_names: ['look'] } },
  })
  assert.deepEqual(snake, camel)
  assert.deepEqual(camel.toolChoice, { kind: 'tool', name: 'look' })
  assert.deepEqual(camel.untranslated, [])
})

test('gives a call without an id one that its result shares and that a longer history keeps', () => {
  const turns = [
    ...hello,
    {
      role: 'model',
      parts: [
        { functionCall: { name: 'a', args: { x: 1 } } },
        { functionCall: { name: 'a', args: { x: 2 } } },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { name: 'a', response: { output: 'one' } } },
        { functionResponse: { name: 'a', response: { output: 'two' } } },
      ],
    },
  ]
  const idsOf = (contents: JsonObject[]) =>
    decode({ contents }).messages.flatMap(({ content }) =>
      content.flatMap(part =>
        part.kind === 'toolCall' ? [part.id] : part.kind === 'toolResult' ? [part.callId] : [],
      ),
    )
  const ids = idsOf(turns)
  assert.equal(ids.length, 4)
  assert.equal(ids[0], ids[2])
  assert.equal(ids[1], ids[3])
  assert.notEqual(ids[0], ids[1])
  assert.deepEqual(idsOf([...turns, { role: 'model', parts: [{ text: 'done' }] }]), ids)
})

test('puts an answer together that a client kept in the chunks of its stream', () => {
  const chunk = (part: JsonObject) => ({ role: 'model', parts: [part] })
  const call = { functionCall: { id: 'c', name: 'a' } }
  const { messages } = decode({
    contents: [...hello, chunk({ text: 'hel' }), chunk({ text: 'lo' }), chunk(call)],
  })
  assert.equal(messages.length, 2)
  assert.deepEqual(messages[1]?.content, [
    { kind: 'text', text: 'hello' },
    { kind: 'toolCall', id: 'c', name: 'a', argumentsText: '{}' },
  ])
})

test('finds the call of a result by its id, whatever the order', () => {
  const { messages } = decode({
    contents: [
      {
        role: 'model',
        parts: [{ functionCall: { id: 'c1', name: 'a' } }, { functionCall: { id: 'c2', name: 'a' } }],
      },
      { role: 'user', parts: [{ functionResponse: { id: 'c2', name: 'a', response: {} } }] },
    ],
  })
  assert.deepEqual(messages[1], {
    role: 'tool',
    content: [{ kind: 'toolResult', callId: 'c2', content: [] }],
  })
})

test('unwraps a plain result, keeps a structured one as JSON and knows an error', () => {
  const resultOf = (response: JsonObject) => {
    const { messages } = decode({
      contents: [{ role: 'user', parts: [{ functionResponse: { id: 'c', name: 'a', response } }] }],
    })
    return messages[0]?.content[0]
  }
  const text = (words: string) => [{ kind: 'text', text: words }]
  assert.deepEqual(resultOf({ output: 'fine' }), { kind: 'toolResult', callId: 'c', content: text('fine') })
  assert.deepEqual(resultOf({ a: [1] }), { kind: 'toolResult', callId: 'c', content: text('{"a":[1]}') })
  assert.deepEqual(resultOf({ error: 'no' }), {
    kind: 'toolResult',
    callId: 'c',
    content: text('no'),
    isError: true,
  })
})

test('tells media by their type and keeps files of the vendor apart', () => {
  const { messages } = decode({
    contents: [
      {
        parts: [
          { inlineData: { mimeType: 'image/png', data: 'AA==' } },
          { inline_data: { mime_type: 'audio/mpeg', data: 'AA==' } },
          { inlineData: { mimeType: 'application/pdf', data: 'AA==' } },
          { fileData: { mimeType: 'image/png', fileUri: 'https://example.com/a.png' } },
          { fileData: { mimeType: 'video/mp4', fileUri: 'gs://bucket/film' } },
        ],
      },
    ],
  })
  assert.deepEqual(messages[0]?.content, [
    { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' } },
    { kind: 'audio', format: 'mp3', data: 'AA==' },
    { kind: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: 'AA==' } },
    { kind: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } },
    { kind: 'file', source: { kind: 'vendorFile', id: 'gs://bucket/film' } },
  ])
})

test('names what no other vendor has a word for, as the caller wrote it, and nothing that asks for nothing', () => {
  const { untranslated } = decode({
    safetySettings: [{ category: 'x' }],
    cached_content: 'cachedContents/1',
    labels: {},
    tools: [{ googleSearch: {} }, { codeExecution: null, functionDeclarations: [] }],
    generationConfig: {
      speechConfig: { a: 1 },
      responseModalities: ['TEXT', 'IMAGE'],
      mediaResolution: null,
    },
    contents: [{ parts: [{ text: 'a', thoughtSignature: 'sig', thought: false }] }],
  })
  assert.deepEqual(untranslated, [
    'cached_content',
    'contents.parts.thoughtSignature',
    'generationConfig.responseModalities',
    'generationConfig.speechConfig',
    'safetySettings',
    'tools.googleSearch',
  ])
})

test('a cached prompt keeps the request with its vendor', () => {
  const contents = [{ parts: [{ text: 'a' }] }]
  assert.equal(decode({ contents }).history, undefined)
  assert.equal(decode({ contents, cachedContent: 'cachedContents/1' }).history, 'vendor')
  assert.equal(decode({ contents, cached_content: 'cachedContents/1' }).history, 'vendor')
})

test('marks a signature as Google’s and passes over the stand-in', () => {
  const signatureOf = (thoughtSignature: string) => {
    const { messages } = decode({
      contents: [{ role: 'model', parts: [{ functionCall: { name: 'a' }, thoughtSignature }] }],
    })
    const part = messages[0]?.content[0]
    return part?.kind === 'toolCall' ? part.signature : undefined
  }
  assert.equal(signatureOf('c2ln'), 'gemini:c2ln')
  assert.equal(signatureOf('skip_thought_signature_validator'), undefined)
  assert.equal(signatureOf('skip/thought/signature/validator'), undefined)
})

test('reads thinking as a budget, a level, off, or nothing', () => {
  const wishOf = (thinkingConfig: JsonObject) => decode({ generationConfig: { thinkingConfig } }).reasoning
  assert.deepEqual(wishOf({ thinkingBudget: 512, includeThoughts: true }), { budgetTokens: 512 })
  assert.deepEqual(wishOf({ thinkingLevel: 'HIGH' }), { effort: 'high' })
  assert.deepEqual(wishOf({ thinkingBudget: 0 }), { effort: 'none' })
  assert.equal(wishOf({ thinkingBudget: -1 }), undefined)
})

test('reads a schema in Google’s own dialect as JSON schema', () => {
  const { responseFormat } = decode({
    generationConfig: {
      responseMimeType: 'application/json',
      responseSchema: { type: 'OBJECT', properties: { a: { type: 'STRING', nullable: true } } },
    },
  })
  assert.deepEqual(responseFormat, {
    kind: 'jsonSchema',
    name: 'answer',
    schema: { type: 'object', properties: { a: { type: ['string', 'null'] } } },
  })
})

test('refuses what cannot be understood, naming the path', () => {
  assert.equal(refusalOf({}).parameter, 'contents')
  assert.equal(
    refusalOf({ contents: [{ role: 'assistant', parts: [{ text: 'a' }] }] }).parameter,
    'contents[0].role',
  )
  assert.equal(refusalOf({ contents: [{ parts: [{ text: 1 }] }] }).parameter, 'contents[0].parts[0].text')
  const config = { contents: hello, generation_config: { max_output_tokens: 'many' } }
  assert.equal(refusalOf(config).parameter, 'generation_config.max_output_tokens')
})
