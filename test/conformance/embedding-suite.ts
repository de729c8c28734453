// What every format of embeddings has to pass: its recordings are read as they were, and what it writes it reads back.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { EmbeddingDialect, EmbeddingReply, EmbeddingRequest } from '../../sidecar/dialect/embeddings.ts'
import { classifyResponse } from '../../sidecar/failure/classify-response.ts'
import { headFor } from '../support/request-head.ts'
import { bodyBytes, headOfRecording, type Recording } from './read-recordings.ts'

export interface EmbeddingDialectUnderTest {
  readonly dialect: EmbeddingDialect
  readonly recordings: readonly Recording[]
  /** A model of the vendor's that takes several texts. */
  readonly model: string
}

export function describeEmbeddings({ dialect, recordings, model }: EmbeddingDialectUnderTest): void {
  if (recordings.length === 0) throw new Error(`no recordings of ${dialect.format}`)
  describe(dialect.format, () => {
    for (const recording of recordings) describeRecording(dialect, recording)
    describeRoundTrips(dialect, model)
  })
}

function describeRecording(dialect: EmbeddingDialect, recording: Recording): void {
  const { expect, request, response, name } = recording
  test(`${name}: the answer is read as recorded`, () => {
    if (response.status >= 300) {
      const { status, headers } = response
      const failure = classifyResponse({
        dialect: dialect.provider,
        status,
        headers,
        body: bodyBytes(recording),
      })
      assert.ok([expect.failure, ...(expect.failureAlternatives ?? [])].includes(failure.kind), failure.kind)
      return
    }
    const decoded = dialect.decodeReply(JSON.parse(bodyBytes(recording).toString('utf8')))
    assert.equal(decoded.kind, 'reply')
    if (decoded.kind === 'reply') assertVectors(decoded.reply, expect)
  })

  const { body } = request
  if (body === undefined || response.status >= 300) return
  test(`${name}: the request is decoded`, () => {
    const head = headOfRecording(dialect, recording)
    const decoded = dialect.decodeRequest(body, head).request
    assert.equal(decoded.model, dialect.readModel(body, head))
    assert.ok(decoded.inputs.length > 0)
    assert.deepEqual(dialect.readFacts(body).needs, ['Embeddings'])
  })
}

function assertVectors({ vectors, inputTokens }: EmbeddingReply, expect: Recording['expect']): void {
  const { embeddings, usage } = expect
  if (embeddings !== undefined) {
    assert.equal(vectors.length, embeddings.count)
    assert.equal(vectors[0]?.length, embeddings.dimensions)
    for (const [at, number] of embeddings.first.entries()) {
      assert.ok(Math.abs((vectors[0]?.[at] ?? Number.NaN) - number) < 1e-6, `number ${at}`)
    }
  }
  const counted = usage?.['input']
  if (typeof counted === 'number') assert.equal(inputTokens, counted)
}

/** Of single precision, as they are in base64, and of the size that embeddings have: never all of it zero. */
const vector = fc
  .array(fc.integer({ min: -1000, max: 1000 }), { minLength: 7, maxLength: 7 })
  .map(thousandths => [0.5, ...thousandths.map(number => Math.fround(number / 1000))])
const texts = fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1, maxLength: 4 })

function describeRoundTrips(dialect: EmbeddingDialect, model: string): void {
  test('texts survive encode and decode', () => {
    fc.assert(
      fc.property(texts, words => {
        const inputs = words.map(text => ({ kind: 'text', text }) as const)
        const request: EmbeddingRequest = { model, inputs, untranslated: [] }
        const encoded = dialect.encodeRequest(request, { model, wantUsage: false })
        if (encoded.kind === 'impossible') return
        assert.deepEqual(encoded.lost, [])
        const head = headFor(dialect, { model })
        const body = JSON.parse(JSON.stringify(encoded.body))
        assert.deepEqual(dialect.decodeRequest(body, head).request.inputs, inputs)
      }),
    )
  })

  test('vectors survive encode and decode, in either spelling', () => {
    fc.assert(
      fc.property(fc.array(vector, { minLength: 1, maxLength: 3 }), fc.boolean(), (vectors, isPacked) => {
        const inputs = vectors.map(() => ({ kind: 'text', text: 'a' }) as const)
        const encoded = dialect.encodeRequest(
          { model, inputs, untranslated: [] },
          { model, wantUsage: false },
        )
        if (encoded.kind === 'impossible') return
        const body = JSON.parse(JSON.stringify(encoded.body))
        const { spelling } = dialect.decodeRequest(body, headFor(dialect, { model }))
        const reply = { model, vectors, inputTokens: 7 }
        const written = dialect.encodeReply(reply, { ...spelling, encoding: isPacked ? 'base64' : 'float' })
        const decoded = dialect.decodeReply(JSON.parse(JSON.stringify(written)))
        assert.equal(decoded.kind, 'reply')
        if (decoded.kind === 'reply') assert.deepEqual(decoded.reply.vectors, vectors)
      }),
    )
  })
}
