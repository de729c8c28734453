import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { headFor } from '../../../test/support/request-head.ts'
import type { JsonObject } from '../completion.ts'
import type { EmbeddingRequest, EncodedEmbeddingRequest } from '../embeddings.ts'
import { RequestRejected } from '../request-rejected.ts'
import { openaiEmbeddings } from './openai-embeddings.ts'

const head = headFor(openaiEmbeddings)
const change = { model: 'text-embedding-3-small', wantUsage: false }

function decode(body: JsonObject) {
  return openaiEmbeddings.decodeRequest({ model: 'm', ...body }, head)
}

function bodyOf(encoded: EncodedEmbeddingRequest): JsonObject | undefined {
  return encoded.kind === 'encoded' ? encoded.body : undefined
}

test('reads texts and token lists, alone and in lists', () => {
  assert.deepEqual(decode({ input: 'a' }).request.inputs, [{ kind: 'text', text: 'a' }])
  assert.deepEqual(decode({ input: [1, 2] }).request.inputs, [{ kind: 'tokens', tokens: [1, 2] }])
  assert.deepEqual(decode({ input: ['a', 'b'] }).request.inputs, [
    { kind: 'text', text: 'a' },
    { kind: 'text', text: 'b' },
  ])
  assert.deepEqual(decode({ input: [[1], [2]] }).request.inputs, [
    { kind: 'tokens', tokens: [1] },
    { kind: 'tokens', tokens: [2] },
  ])
})

test('reads the words of those that tell apart what vectors are for', () => {
  const { request } = decode({ input: 'a', input_type: 'query', output_dimension: 64, truncation: true })
  assert.equal(request.purpose, 'query')
  assert.equal(request.dimensions, 64)
  assert.deepEqual(request.untranslated, ['truncation'])
  assert.deepEqual(decode({ input: 'a', encoding_format: 'base64_int8' }).request.untranslated, [
    'encoding_format',
  ])
})

const refusals: readonly (readonly [path: string, input: JsonObject])[] = [
  ['input', {}],
  ['input', { input: [] }],
  ['input[1]', { input: ['a', null] }],
  ['input[0][0]', { input: [[0.5]] }],
]

for (const [path, body] of refusals) {
  test(`refuses ${JSON.stringify(body)}, naming ${path}`, () => {
    assert.throws(
      () => decode(body),
      (error: unknown) => error instanceof RequestRejected && error.parameter === path,
    )
  })
}

test('asks for numbers, whoever serves them', () => {
  const request: EmbeddingRequest = {
    model: 'x',
    inputs: [{ kind: 'text', text: 'a' }],
    purpose: 'query',
    untranslated: [],
  }
  const encoded = openaiEmbeddings.encodeRequest(request, change)
  assert.deepEqual(encoded, {
    kind: 'encoded',
    body: { model: 'text-embedding-3-small', input: 'a', encoding_format: 'float' },
    lost: ['purpose'],
    headers: {},
  })
})

test('pictures, and texts among token lists, cannot be asked for', () => {
  const base = { model: 'x', untranslated: [] }
  const image = { kind: 'image', mediaType: 'image/png', data: 'AAAA' } as const
  const tokens = { kind: 'tokens', tokens: [1] } as const
  const text = { kind: 'text', text: 'a' } as const
  assert.equal(openaiEmbeddings.encodeRequest({ ...base, inputs: [image] }, change).kind, 'impossible')
  assert.equal(openaiEmbeddings.encodeRequest({ ...base, inputs: [tokens, text] }, change).kind, 'impossible')
  const lists = openaiEmbeddings.encodeRequest({ ...base, inputs: [tokens, tokens] }, change)
  assert.deepEqual(bodyOf(lists)?.input, [[1], [1]])
})

test('vectors come in the order of their indexes', () => {
  const decoded = openaiEmbeddings.decodeReply({
    data: [
      { index: 1, embedding: [2] },
      { index: 0, embedding: [1] },
    ],
    model: 'm',
    usage: { prompt_tokens: 4 },
  })
  assert.deepEqual(decoded, {
    kind: 'reply',
    reply: { model: 'm', vectors: [[1], [2]], inputTokens: 4 },
  })
})

test('usage is there even when nobody told any', () => {
  const reply = { model: 'm', vectors: [[1]] }
  const written = openaiEmbeddings.encodeReply(reply, { encoding: 'float', raw: {} })
  assert.deepEqual(written['usage'], { prompt_tokens: 0, total_tokens: 0 })
})

test('an error in the place of vectors is a failure', () => {
  const decoded = openaiEmbeddings.decodeReply({ error: { code: 'model_not_found', message: 'no' } })
  assert.equal(decoded.kind === 'failed' && decoded.failure.kind, 'ModelUnavailable')
})

test('numbers survive the way there and back, spelled either way', () => {
  // Neither spelling carries more than 32 bits; what is smaller than any real component is left out.
  const component = fc
    .float({ noNaN: true, noDefaultInfinity: true, min: -100, max: 100 })
    .filter(value => value === 0 || Math.abs(value) > 1e-6)
    .map(value => (Object.is(value, -0) ? 0 : value))
  const vectors = fc.array(fc.array(component, { minLength: 1, maxLength: 8 }), { minLength: 1 })
  fc.assert(
    fc.property(vectors, fc.constantFrom('float', 'base64'), (numbers, encoding) => {
      const reply = { model: 'm', vectors: numbers, inputTokens: 3 }
      const body = openaiEmbeddings.encodeReply(reply, { encoding, raw: {} })
      assert.deepEqual(openaiEmbeddings.decodeReply(JSON.parse(JSON.stringify(body))), {
        kind: 'reply',
        reply,
      })
    }),
  )
})

test('signed bytes are told from floats by the numbers they would make', () => {
  const embedding = Buffer.from([246, 198, 0, 3, 60, 242, 254, 247]).toString('base64')
  const decoded = openaiEmbeddings.decodeReply({ data: [{ embedding }] })
  assert.deepEqual(decoded.kind === 'reply' && decoded.reply.vectors, [[-10, -58, 0, 3, 60, -14, -2, -9]])
})

test('a deployment in the path is the model', () => {
  const body = { input: 'a', model: 'ignored' }
  const [, , , azure] = openaiEmbeddings.surfaces
  assert.ok(azure)
  const azureHead = { ...head, surface: azure, model: 'my deployment' }
  assert.equal(openaiEmbeddings.readModel(body, azureHead), 'my deployment')
  assert.equal(openaiEmbeddings.decodeRequest(body, azureHead).request.model, 'my deployment')
})

test('facts count texts and tokens, and need a model that embeds', () => {
  const facts = openaiEmbeddings.readFacts({ input: [[1, 2], [3]] })
  assert.deepEqual(facts, { needs: ['Embeddings'], textCharacters: 12, mediaParts: 0 })
})
