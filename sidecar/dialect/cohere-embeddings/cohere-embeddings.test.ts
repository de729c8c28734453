import assert from 'node:assert/strict'
import { test } from 'node:test'
import { headFor } from '../../../test/support/request-head.ts'
import type { JsonObject } from '../completion.ts'
import type { EmbeddingInput, EmbeddingRequest } from '../embeddings.ts'
import { RequestRejected } from '../request-rejected.ts'
import { cohereEmbeddings } from './cohere-embeddings.ts'

const head = headFor(cohereEmbeddings)
const change = { model: 'embed-v4.0', wantUsage: false }
const text: EmbeddingInput = { kind: 'text', text: 'a' }
const image: EmbeddingInput = { kind: 'image', mediaType: 'image/png', data: 'AAAA' }
const png = 'data:image/png;base64,AAAA'

function decode(body: JsonObject) {
  return cohereEmbeddings.decodeRequest({ model: 'm', ...body }, head)
}

function encode(more: Partial<EmbeddingRequest>) {
  return cohereEmbeddings.encodeRequest({ model: 'x', inputs: [text], untranslated: [], ...more }, change)
}

function bodyOf(more: Partial<EmbeddingRequest>): JsonObject | undefined {
  const encoded = encode(more)
  return encoded.kind === 'encoded' ? encoded.body : undefined
}

test('reads texts, pictures and inputs that hold either', () => {
  assert.deepEqual(decode({ texts: ['a'] }).request.inputs, [text])
  assert.deepEqual(decode({ images: [png], input_type: 'image' }).request.inputs, [image])
  const mixed = decode({
    inputs: [
      { content: [{ type: 'text', text: 'a' }] },
      { content: [{ type: 'image_url', image_url: { url: png } }] },
    ],
  })
  assert.deepEqual(mixed.request.inputs, [text, image])
})

test('words and a picture in one input leave the picture behind, by name', () => {
  const { request } = decode({
    inputs: [
      {
        content: [
          { type: 'text', text: 'a' },
          { type: 'image_url', image_url: { url: png } },
        ],
      },
    ],
  })
  assert.equal(request.inputs.length, 1)
  assert.deepEqual(request.untranslated, ['inputs.content.image_url'])
})

test('reads purpose, size and the forms that foreign vectors can have', () => {
  const { request, spelling } = decode({
    texts: ['a'],
    input_type: 'search_query',
    output_dimension: 256,
    embedding_types: ['int8', 'base64'],
    truncate: 'START',
  })
  assert.equal(request.purpose, 'query')
  assert.equal(request.dimensions, 256)
  assert.deepEqual(request.untranslated, ['embedding_types.int8', 'truncate'])
  assert.equal(spelling.encoding, 'base64')
})

const refusals: readonly (readonly [path: string, body: JsonObject])[] = [
  ['texts', {}],
  ['texts[0]', { texts: [1] }],
  ['images[0]', { images: ['https://a.example/b.png'] }],
  ['inputs[0].content', { inputs: [{}] }],
  ['inputs[0].content[0].type', { inputs: [{ content: [{ type: 'audio' }] }] }],
]

for (const [path, body] of refusals) {
  test(`refuses ${JSON.stringify(body)}, naming ${path}`, () => {
    assert.throws(
      () => decode(body),
      (error: unknown) => error instanceof RequestRejected && error.parameter === path,
    )
  })
}

test('the wire’s word for the purpose is always there', () => {
  assert.deepEqual(bodyOf({}), {
    model: 'embed-v4.0',
    texts: ['a'],
    input_type: 'search_document',
    embedding_types: ['float'],
  })
  assert.equal(bodyOf({ purpose: 'query' })?.input_type, 'search_query')
  const similar = encode({ purpose: 'similarity', endUser: 'u' })
  assert.deepEqual(similar.kind === 'encoded' && similar.lost, ['purpose', 'endUser'])
})

test('pictures alone go as pictures, beside texts as inputs', () => {
  assert.deepEqual(bodyOf({ inputs: [image] })?.images, [png])
  assert.equal(bodyOf({ inputs: [image] })?.input_type, 'image')
  assert.deepEqual(bodyOf({ inputs: [text, image] })?.inputs, [
    { content: [{ type: 'text', text: 'a' }] },
    { content: [{ type: 'image_url', image_url: { url: png } }] },
  ])
})

test('foreign tokens and too many inputs cannot be asked for', () => {
  assert.equal(encode({ inputs: [{ kind: 'tokens', tokens: [1] }] }).kind, 'impossible')
  assert.equal(encode({ inputs: Array.from({ length: 97 }, () => text) }).kind, 'impossible')
})

test('reads whatever form of vectors came', () => {
  const vectorsOf = (embeddings: JsonObject | number[][]) => {
    const decoded = cohereEmbeddings.decodeReply({ id: 'i', embeddings })
    return decoded.kind === 'reply' ? decoded.reply.vectors : undefined
  }
  assert.deepEqual(vectorsOf({ float: [[0.5]] }), [[0.5]])
  assert.deepEqual(vectorsOf({ int8: [[-3]] }), [[-3]])
  assert.deepEqual(vectorsOf({ base64: ['AAAAPw=='] }), [[0.5]])
  assert.deepEqual(vectorsOf([[0.5]]), [[0.5]])
  assert.deepEqual(vectorsOf({}), [])
})

test('writes the forms that were asked for', () => {
  const reply = { id: 'i', model: 'm', vectors: [[0.5]], inputTokens: 2 }
  const spelling = decode({ texts: ['a'], embedding_types: ['float', 'base64'] }).spelling
  assert.deepEqual(cohereEmbeddings.encodeReply(reply, spelling), {
    id: 'i',
    embeddings: { base64: ['AAAAPw=='], float: [[0.5]] },
    meta: { api_version: { version: '2' }, billed_units: { input_tokens: 2 } },
    response_type: 'embeddings_by_type',
  })
})

test('an error in the place of vectors is a failure', () => {
  const decoded = cohereEmbeddings.decodeReply({ id: 'x', message: 'too many tokens: 5' })
  assert.equal(decoded.kind === 'failed' && decoded.failure.kind, 'ContextOverflow')
})

test('facts count words and pictures apart', () => {
  const facts = cohereEmbeddings.readFacts({
    texts: ['abc'],
    images: [png],
    inputs: [{ content: [{ type: 'text', text: 'de' }, { type: 'image_url' }] }],
  })
  assert.deepEqual(facts, { needs: ['Embeddings'], textCharacters: 5, mediaParts: 2 })
})
