// Every error that was recorded, or is documented, has its kind; what we say of one is understood by the vendor's own table.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type DialectName, dialects, failureCode, failureKinds } from '../../crds/vocabulary.ts'
import type { JsonValue } from '../../sidecar/dialect/completion.ts'
import type { CallerError, CallerFormat } from '../../sidecar/dialect/dialect.ts'
import { allFormats } from '../../sidecar/dialect/registry.ts'
import { classifyResponse } from '../../sidecar/failure/classify-response.ts'
import { verdictOf } from '../../sidecar/failure/exhausted-verdict.ts'
import type { Failure } from '../../sidecar/failure/failure.ts'
import { builtErrors } from './built-errors.ts'
import { assertErrorShape } from './error-shapes.ts'
import { bodyBytes, type RecordingFolder, readRecordings } from './read-recordings.ts'

const vendorsOf: Readonly<Record<RecordingFolder, DialectName>> = {
  'openai-chat': 'OpenAI',
  'openai-compatible': 'OpenAI',
  'openai-responses': 'OpenAI',
  'openai-embeddings': 'OpenAI',
  'azure-openai': 'AzureOpenAI',
  anthropic: 'Anthropic',
  gemini: 'Gemini',
  bedrock: 'Bedrock',
  cohere: 'Cohere',
}
const folders: readonly RecordingFolder[] = [
  'openai-chat',
  'openai-compatible',
  'openai-responses',
  'openai-embeddings',
  'azure-openai',
  'anthropic',
  'gemini',
  'bedrock',
  'cohere',
]

for (const folder of folders) {
  for (const recording of readRecordings(folder)) {
    const { response, expect, name } = recording
    if (response.status < 300) continue
    test(`${name} has its kind and its wait`, () => {
      const { status, headers } = response
      const wallTime = Date.parse(headers['date'] ?? '2026-01-01T00:00:00Z')
      const body = bodyBytes(recording)
      const failure = classifyResponse({ dialect: vendorsOf[folder], status, headers, body, wallTime })
      const accepted = [expect.failure, ...(expect.failureAlternatives ?? [])]
      assert.ok(accepted.includes(failure.kind), `${failure.kind} is none of ${accepted.join(', ')}`)
      if (failure.kind === expect.failure) assert.equal(failure.retryAfterMs, expect.retryAfterMs)
    })
  }
}

for (const dialect of dialects) {
  for (const { status, headers = {}, body, kind, retryAfterMs } of builtErrors[dialect]) {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    test(`built: ${dialect} ${status} ${text.slice(0, 80)} is ${kind}`, () => {
      const failure = classifyResponse({ dialect, status, headers, body: Buffer.from(text) })
      assert.equal(failure.kind, kind)
      assert.equal(failure.retryAfterMs, retryAfterMs)
    })
  }
}

for (const format of allFormats) {
  describe(`errors to callers of ${format.format}`, () => {
    for (const kind of failureKinds) {
      test(`${kind} has the shape of the format`, () => {
        const error = errorOf({ kind, detail: 'what happened' })
        assertErrorShape(format, overTheWire(format.encodeError(error)), error)
      })
    }

    test('what a client can do something about is understood by the vendor’s own rules', () => {
      for (const kind of ['ContextOverflow', 'RateLimited', 'Overloaded', 'Timeout'] as const) {
        assert.equal(kindFor(format, errorOf({ kind, detail: 'what happened' })), kind)
      }
    })
  })
}

/** As an exhausted chain says it. */
function errorOf(failure: Failure): CallerError {
  const { status } = verdictOf([{ failure, isSkip: false }])
  return {
    status,
    code: failureCode(failure.kind),
    message: failure.detail,
    requestId: 'request-1',
    ...(failure.kind === 'ContextOverflow' && { form: 'contextOverflow' as const }),
  }
}

function kindFor(format: CallerFormat, error: CallerError): string {
  return classifyResponse({
    dialect: format.provider,
    status: error.status,
    headers: { 'content-type': 'application/json', ...format.errorHeaders?.(error) },
    body: Buffer.from(JSON.stringify(format.encodeError(error))),
  }).kind
}

function overTheWire(value: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(value))
}
