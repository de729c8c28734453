import assert from 'node:assert/strict'
import { test } from 'node:test'
import { headFor } from '../../../test/support/request-head.ts'
import type { JsonObject } from '../completion.ts'
import type { EmbeddingRequest } from '../embeddings.ts'
import { RequestRejected } from '../request-rejected.ts'
import { bedrockEmbeddings } from './bedrock-embeddings.ts'

const titan = 'amazon.titan-embed-text-v2:0'
const cohere = 'cohere.embed-english-v3'

function decode(body: JsonObject, model = titan) {
  return bedrockEmbeddings.decodeRequest(body, headFor(bedrockEmbeddings, { model }))
}

function encode(request: Partial<EmbeddingRequest>, model: string) {
  const inputs = [{ kind: 'text', text: 'hi' }] as const
  return bedrockEmbeddings.encodeRequest(
    { model: 'asked', inputs, untranslated: [], ...request },
    { model, wantUsage: false },
  )
}

test('a body of Titan has one input', () => {
  const { request } = decode({ inputText: 'hi', dimensions: 256, normalize: true })
  assert.deepEqual(request, {
    model: titan,
    inputs: [{ kind: 'text', text: 'hi' }],
    dimensions: 256,
    untranslated: [],
  })
  const odd = decode({ inputText: 'hi', normalize: false, embeddingTypes: ['binary'], other: 1 })
  assert.deepEqual(odd.request.untranslated, ['other', 'normalize', 'embeddingTypes'])
})

test('a body of Cohere has many, and says what they are for', () => {
  const body = { texts: ['a', 'b'], input_type: 'search_query', truncate: 'END', output_dimension: 512 }
  assert.deepEqual(decode(body, cohere).request, {
    model: cohere,
    inputs: [
      { kind: 'text', text: 'a' },
      { kind: 'text', text: 'b' },
    ],
    dimensions: 512,
    purpose: 'query',
    untranslated: ['truncate'],
  })
})

test('a body without an input is refused, naming it', () => {
  const refusals: readonly (readonly [string, JsonObject])[] = [
    ['inputText', { inputText: 5 }],
    ['texts', { texts: [], input_type: 'search_query' }],
    ['texts[1]', { texts: ['a', 1] }],
  ]
  for (const [path, body] of refusals) {
    assert.throws(
      () => decode(body),
      error => error instanceof RequestRejected && error.parameter === path,
    )
  }
})

test('each family is asked in its own words', () => {
  assert.deepEqual(encode({ dimensions: 256 }, titan), {
    kind: 'encoded',
    body: { inputText: 'hi', dimensions: 256 },
    lost: [],
    headers: {},
  })
  assert.deepEqual(encode({ dimensions: 256, purpose: 'query', endUser: 'u' }, cohere), {
    kind: 'encoded',
    body: { texts: ['hi'], input_type: 'search_query' },
    lost: ['endUser', 'dimensions'],
    headers: {},
  })
  assert.deepEqual(encode({ dimensions: 256 }, 'us.cohere.embed-v4:0'), {
    kind: 'encoded',
    body: { texts: ['hi'], input_type: 'search_document', output_dimension: 256 },
    lost: [],
    headers: {},
  })
  const image = { kind: 'image', mediaType: 'image/png', data: 'AQID' } as const
  const asked = encode({ inputs: [image], dimensions: 384 }, 'amazon.titan-embed-image-v1')
  assert.deepEqual(asked.kind === 'encoded' && asked.body, {
    inputImage: 'AQID',
    embeddingConfig: { outputEmbeddingLength: 384 },
  })
})

test('what a model cannot read is impossible rather than half answered', () => {
  const text = { kind: 'text', text: 'a' } as const
  const image = { kind: 'image', mediaType: 'image/png', data: 'AQID' } as const
  const tokens = { kind: 'tokens', tokens: [1] } as const
  const kinds = [
    encode({ inputs: [text, text] }, titan),
    encode({ inputs: [image] }, titan),
    encode({ inputs: [tokens] }, cohere),
    encode({ inputs: [text, image] }, cohere),
    encode({}, 'amazon.nova-lite-v1:0'),
  ].map(result => result.kind)
  assert.deepEqual(kinds, ['impossible', 'impossible', 'impossible', 'impossible', 'impossible'])
})

test('vectors are read in every form', () => {
  const vectorsIn = (body: JsonObject) => {
    const decoded = bedrockEmbeddings.decodeReply(body)
    return decoded.kind === 'reply' ? decoded.reply.vectors : decoded.failure.kind
  }
  assert.deepEqual(vectorsIn({ embedding: [1, 2] }), [[1, 2]])
  assert.deepEqual(vectorsIn({ embeddingsByType: { float: [1, 2] } }), [[1, 2]])
  assert.deepEqual(vectorsIn({ embeddings: [[1], [2]] }), [[1], [2]])
  assert.deepEqual(vectorsIn({ embeddings: { float: [[1], [2]] } }), [[1], [2]])
  for (const body of [{}, { embedding: [] }, { embeddings: [['a']] }, { embeddings: 'x' }]) {
    assert.equal(vectorsIn(body), 'InvalidResponse')
  }
  assert.equal(vectorsIn({ __type: 'ThrottlingException', message: 'no' }), 'RateLimited')
})

test('an answer has the form of the family that asked', () => {
  const reply = { id: 'x', model: 'm', vectors: [[1, 2]], inputTokens: 3 }
  const answerTo = (body: JsonObject) => bedrockEmbeddings.encodeReply(reply, decode(body).spelling)
  assert.deepEqual(answerTo({ inputText: 'hi' }), {
    embedding: [1, 2],
    embeddingsByType: { float: [1, 2] },
    inputTextTokenCount: 3,
  })
  assert.deepEqual(answerTo({ texts: ['hi'], input_type: 'search_query' }), {
    id: 'x',
    response_type: 'embeddings_floats',
    embeddings: [[1, 2]],
    texts: ['hi'],
  })
  const byType = answerTo({ texts: ['hi'], input_type: 'search_query', embedding_types: ['float'] })
  assert.deepEqual(byType['embeddings'], { float: [[1, 2]] })
})

test('a request of this format and one that writes text are told apart', () => {
  const claims = (body: JsonObject, model: string) =>
    bedrockEmbeddings.claims?.(body, headFor(bedrockEmbeddings, { model }))
  assert.equal(claims({ inputText: 'hi' }, titan), true)
  assert.equal(claims({ inputText: 'hi' }, 'my-embeddings'), true)
  assert.equal(claims({ inputText: 'hi' }, 'amazon.titan-text-lite-v1'), false)
  assert.equal(claims({ messages: [], anthropic_version: 'x' }, 'm'), false)
})

test('a body fits the models of its family only', () => {
  const fits = (body: JsonObject, model: string) => bedrockEmbeddings.fits?.(body, model)
  assert.equal(fits({ inputText: 'hi' }, titan), true)
  assert.equal(fits({ inputText: 'hi' }, cohere), false)
  assert.equal(fits({ texts: ['hi'], input_type: 'search_query' }, cohere), true)
})

test('facts of a request', () => {
  assert.deepEqual(bedrockEmbeddings.readFacts({ inputText: '12345', inputImage: 'AQID' }), {
    needs: ['Embeddings'],
    textCharacters: 5,
    mediaParts: 1,
  })
  assert.equal(bedrockEmbeddings.readFacts({ texts: ['12', '345'] }).textCharacters, 5)
})
