import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../completion.ts'
import type { EmbeddingRequest } from '../embeddings.ts'
import { RequestRejected } from '../request-rejected.ts'
import { decodeReply } from './decode-reply.ts'
import { decodeRequest } from './decode-request.ts'
import { editRequest } from './edit-request.ts'
import { encodeReply } from './encode-reply.ts'
import { encodeRequest } from './encode-request.ts'
import { readFacts } from './read-facts.ts'

const head = { model: 'gemini-embedding-001' }
const change = { model: 'gemini-embedding-001', wantUsage: false }

function ask(text: string, more: JsonObject = {}): JsonObject {
  return { model: 'models/gemini-embedding-001', content: { parts: [{ text }] }, ...more }
}

function encoded(request: Partial<EmbeddingRequest>) {
  const whole = { model: 'm', inputs: [], untranslated: [], ...request }
  const result = encodeRequest(whole, change)
  if (result.kind === 'impossible') throw new Error(result.detail)
  return result
}

test('reads one request and a batch of them, in either spelling', () => {
  const single = decodeRequest(ask('a', { task_type: 'RETRIEVAL_QUERY', output_dimensionality: 8 }), head)
  assert.deepEqual(single.request, {
    model: 'gemini-embedding-001',
    inputs: [{ kind: 'text', text: 'a' }],
    dimensions: 8,
    purpose: 'query',
    untranslated: [],
  })
  const batch = decodeRequest({ requests: [ask('a'), ask('b')] }, head)
  assert.deepEqual(batch.request.inputs, [
    { kind: 'text', text: 'a' },
    { kind: 'text', text: 'b' },
  ])
})

test('names what a batch that is not of one mind loses, and what only Google has', () => {
  const requests = [
    ask('a', { outputDimensionality: 8, title: 't' }),
    ask('b', { outputDimensionality: 9, taskType: 'FACT_VERIFICATION' }),
  ]
  assert.deepEqual(decodeRequest({ requests }, head).request.untranslated, [
    'requests.outputDimensionality',
    'requests.taskType',
    'requests.title',
  ])
})

test('refuses a request without content, naming the path', () => {
  const isAbout = (path: string) => (error: unknown) =>
    error instanceof RequestRejected && error.parameter === path
  assert.throws(() => decodeRequest({}, head), isAbout('content.parts'))
  assert.throws(() => decodeRequest({ requests: [{}] }, head), isAbout('requests[0].content.parts'))
})

test('asks for one vector alone and for several as a batch, which reads back as the same', () => {
  const inputs = [
    { kind: 'text', text: 'a' },
    { kind: 'image', mediaType: 'image/png', data: 'AA==' },
  ] as const
  const request = {
    model: 'gemini-embedding-001',
    inputs,
    dimensions: 8,
    purpose: 'document',
    untranslated: [],
  } as const
  const several = encoded(request)
  assert.equal(several.variant, 'batch')
  assert.deepEqual(decodeRequest(several.body, head).request, request)
  const one = encoded({ ...request, inputs: [inputs[0]] })
  assert.equal(one.variant, undefined)
  assert.deepEqual(decodeRequest(one.body, head).request, { ...request, inputs: [inputs[0]] })
})

test('cannot ask with the tokens of another vendor', () => {
  const request = { model: 'm', inputs: [{ kind: 'tokens', tokens: [1] }], untranslated: [] } as const
  assert.equal(encodeRequest(request, change).kind, 'impossible')
})

test('spells the answer as it was asked for', () => {
  const reply = { model: 'm', vectors: [[1, 2]], inputTokens: 3 }
  const { spelling } = decodeRequest(ask('a'), head)
  assert.deepEqual(encodeReply(reply, spelling), {
    embedding: { values: [1, 2] },
    usageMetadata: { promptTokenCount: 3 },
  })
  const batch = decodeRequest({ requests: [ask('a')] }, head).spelling
  assert.deepEqual(encodeReply(reply, batch).embeddings, [{ values: [1, 2] }])
})

test('reads vectors, and an error in their place', () => {
  assert.deepEqual(decodeReply({ embedding: { values: [1] } }), {
    kind: 'reply',
    reply: { model: '', vectors: [[1]] },
  })
  const failed = decodeReply({ error: { code: 503, status: 'UNAVAILABLE', message: 'x' } })
  assert.equal(failed.kind === 'failed' && failed.failure.kind, 'Overloaded')
})

test('corrects every copy of the model, and nothing else', () => {
  assert.deepEqual(editRequest({ requests: [ask('a')] }, change), [])
  const other = { model: 'other', wantUsage: false }
  assert.deepEqual(editRequest({ requests: [ask('a')] }, other), [
    { name: 'requests', value: [{ ...ask('a'), model: 'models/other' }] },
  ])
})

test('counts the text of all requests', () => {
  assert.deepEqual(readFacts({ requests: [ask('12'), ask('345')] }), {
    needs: ['Embeddings'],
    textCharacters: 5,
    mediaParts: 0,
  })
})
