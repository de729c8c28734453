// Errors that vendors send inside a stream that began well, built after their documentation: each has its kind.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FailureKind } from '../../crds/vocabulary.ts'
import { writeAwsException } from '../../sidecar/dialect/aws-event-stream-writer.ts'
import type { WireFormat } from '../../sidecar/dialect/dialect.ts'
import { dialectOf } from '../../sidecar/dialect/registry.ts'
import { accumulateParts } from './accumulate-parts.ts'
import { readStream } from './read-stream.ts'

interface Row {
  readonly format: WireFormat
  readonly bytes: string | Uint8Array
  /** Absent: the bytes speak for themselves. */
  readonly name?: string
  readonly kind: FailureKind
}

const event = (type: string, more: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`

const chat = (type: string, code: string | number | null, kind: FailureKind): Row => ({
  format: 'openai-chat',
  bytes: `data: ${JSON.stringify({ error: { message: 'it failed', type, code } })}\n\n`,
  kind,
})
const response = (code: string, kind: FailureKind): Row => ({
  format: 'openai-responses',
  bytes: event('response.failed', {
    sequence_number: 1,
    response: { id: 'resp_1', status: 'failed', error: { code, message: 'it failed' }, output: [] },
  }),
  kind,
})
const message = (type: string, kind: FailureKind): Row => ({
  format: 'anthropic-messages',
  bytes: event('error', { error: { type, message: 'it failed' } }),
  kind,
})
const google = (code: number, status: string, kind: FailureKind): Row => ({
  format: 'gemini-generate',
  bytes: `data: ${JSON.stringify({ error: { code, message: 'it failed', status } })}\r\n\r\n`,
  kind,
})
const aws = (name: string, kind: FailureKind): readonly Row[] =>
  (['bedrock-converse', 'bedrock-invoke'] as const).map(format => ({
    format,
    bytes: writeAwsException({ name, payload: { message: 'it failed' } }),
    name,
    kind,
  }))
const cohere = (reason: string, kind: FailureKind): Row => ({
  format: 'cohere-chat',
  bytes: event('message-end', { delta: { finish_reason: reason } }),
  kind,
})

const rows: readonly Row[] = [
  chat('server_error', null, 'ServerError'),
  chat('service_unavailable_error', 'server_is_overloaded', 'Overloaded'),
  chat('tokens', 'rate_limit_exceeded', 'RateLimited'),
  chat('insufficient_quota', 'insufficient_quota', 'QuotaExhausted'),
  response('server_error', 'ServerError'),
  response('rate_limit_exceeded', 'RateLimited'),
  response('insufficient_quota', 'QuotaExhausted'),
  message('overloaded_error', 'Overloaded'),
  message('api_error', 'ServerError'),
  message('rate_limit_error', 'RateLimited'),
  google(503, 'UNAVAILABLE', 'Overloaded'),
  google(500, 'INTERNAL', 'ServerError'),
  google(429, 'RESOURCE_EXHAUSTED', 'RateLimited'),
  ...aws('throttlingException', 'RateLimited'),
  ...aws('serviceUnavailableException', 'Overloaded'),
  ...aws('internalServerException', 'ServerError'),
  ...aws('modelStreamErrorException', 'ServerError'),
  ...aws('validationException', 'BadRequest'),
  cohere('ERROR', 'ServerError'),
  cohere('TIMEOUT', 'Timeout'),
]

for (const { format, bytes, kind, name } of rows) {
  const framing = format.startsWith('bedrock-') ? 'awsEventStream' : 'sse'
  const said = name ?? String(bytes).slice(0, 160).replace(/\s+/g, ' ')
  test(`${format}: ${said} is ${kind}`, () => {
    const { parts, malformedEvents } = readStream(dialectOf(format), [Buffer.from(bytes)], framing)
    const { error, hasEnded } = accumulateParts(parts)
    assert.equal(error?.failure.kind, kind)
    assert.equal(hasEnded, false)
    assert.equal(malformedEvents, 0)
  })
}
