import assert from 'node:assert/strict'
import { test } from 'node:test'
import { headFor } from '../../../test/support/request-head.ts'
import { AwsEventStreamReader } from '../aws-event-stream-reader.ts'
import { writeAwsEvent } from '../aws-event-stream-writer.ts'
import type { JsonObject, StreamPart } from '../completion.ts'
import { bedrockInvoke } from './bedrock-invoke.ts'

const claude = 'anthropic.claude-sonnet-4-20250514-v1:0'
const body: JsonObject = {
  anthropic_version: 'bedrock-2023-05-31',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'hi' }],
}

function decode(request: JsonObject, headers: Readonly<Record<string, string>> = {}) {
  return bedrockInvoke.decodeRequest(
    request,
    headFor(bedrockInvoke, { model: claude, stream: true, headers }),
  )
}

test('a message is read from its envelope: model and streaming are in the path', () => {
  assert.deepEqual(decode(body), {
    model: claude,
    stream: true,
    messages: [{ role: 'user', content: [{ kind: 'text', text: 'hi' }] }],
    tools: [],
    maxOutputTokens: 100,
    untranslated: [],
  })
})

test('headers of the service and members of the envelope that others lack are named', () => {
  const request = decode({ ...body, anthropic_beta: ['x'] }, { 'x-amzn-bedrock-guardrailidentifier': 'g' })
  assert.deepEqual(request.untranslated, ['anthropic_beta', 'x-amzn-bedrock-guardrailidentifier'])
})

test('the body of any other model is that model’s alone', () => {
  assert.equal(decode({ prompt: 'hi', max_gen_len: 5 }).history, 'vendor')
  const decoded = bedrockInvoke.decodeReply({ generation: 'hi', stop_reason: 'stop' })
  assert.deepEqual(decoded.kind === 'reply' && decoded.reply.choices[0]?.content, [
    { kind: 'other', itemKind: 'invoke' },
  ])
})

test('a body fits the models of its family, and those whose id does not tell', () => {
  const fits = (request: JsonObject, model: string) => bedrockInvoke.fits?.(request, model)
  assert.equal(fits(body, `us.${claude}`), true)
  assert.equal(fits(body, `arn:aws:bedrock:us-east-1::foundation-model/${claude}`), true)
  assert.equal(fits(body, 'arn:aws:bedrock:us-east-1:000000000000:application-inference-profile/abc'), true)
  assert.equal(fits(body, 'amazon.nova-lite-v1:0'), false)
  assert.equal(fits({ prompt: 'hi' }, 'meta.llama3-70b-instruct-v1:0'), true)
  assert.equal(fits({ prompt: 'hi' }, claude), false)
})

test('requests for embeddings on the same path belong to another format', () => {
  const claims = (request: JsonObject, model: string) =>
    bedrockInvoke.claims?.(request, headFor(bedrockInvoke, { model }))
  assert.equal(claims(body, claude), true)
  assert.equal(claims({ inputText: 'hi' }, 'amazon.titan-embed-text-v2:0'), false)
  assert.equal(claims({ texts: ['hi'], input_type: 'search_query' }, 'cohere.embed-v4:0'), false)
  assert.equal(claims({ inputText: 'hi' }, 'amazon.titan-text-express-v1'), true)
})

test('the policy edits the message and never names a model in it', () => {
  const change = { model: 'another', wantUsage: true, maxOutputTokens: 50 }
  assert.deepEqual(bedrockInvoke.editRequest(body, change), [{ name: 'max_tokens', value: 50 }])
  assert.deepEqual(bedrockInvoke.editRequest({ max_gen_len: 100 }, change), [])
})

test('a request is written into the envelope', () => {
  const written = bedrockInvoke.encodeRequest(decode(body), { model: claude, wantUsage: true })
  assert.deepEqual(written.body, {
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 100,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  })
  assert.deepEqual(written.headers, {})
})

function read(chunks: readonly (string | Uint8Array)[]): readonly StreamPart[] {
  const reader = new AwsEventStreamReader(bedrockInvoke.decodeStream())
  const parts: StreamPart[] = []
  for (const chunk of chunks) reader.push(Buffer.from(chunk), unit => parts.push(...unit.parts))
  assert.equal(reader.malformedEvents, 0)
  return parts
}

test('a stream reads back as it was written, each event in a frame of its own', () => {
  const encoder = bedrockInvoke.encodeStream({ id: 'x', model: 'm', created: 0, includeUsage: true })
  const parts: readonly StreamPart[] = [
    { kind: 'start' },
    { kind: 'text', choice: 0, text: 'é\n!' },
    { kind: 'finish', choice: 0, finish: 'stop', vendorFinish: 'end_turn' },
    { kind: 'end' },
  ]
  const kinds = read(parts.map(part => encoder.encode(part))).map(part => part.kind)
  assert.deepEqual(kinds, ['start', 'usage', 'text', 'usage', 'finish', 'end'])
})

test('an error in the midst of a stream is an exception', () => {
  const encoder = bedrockInvoke.encodeStream({ id: 'x', model: 'm', created: 0, includeUsage: true })
  const [part] = read([encoder.encodeError({ status: 503, code: 'x', message: 'no', requestId: '1' })])
  assert.equal(part?.kind === 'error' && part.failure.kind, 'Overloaded')
})

test('chunks of a model of another vendor are passed on, and end with its counters', () => {
  const chunk = (content: JsonObject) =>
    writeAwsEvent({
      name: 'chunk',
      payload: { bytes: Buffer.from(JSON.stringify(content)).toString('base64') },
    })
  const parts = read([
    chunk({ generation: 'hi' }),
    chunk({ generation: '', 'amazon-bedrock-invocationMetrics': { outputTokenCount: 1 } }),
  ])
  assert.deepEqual(
    parts.map(part => part.kind),
    ['other', 'other', 'finish', 'end'],
  )
})
