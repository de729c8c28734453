import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anthropic, type CallWish, inputFor, openai, ready } from '../../test/support/call-kit.ts'
import type { CompletionRequest } from './completion.ts'
import { prepareCall } from './translate.ts'

const odd = '{ "model":"gpt-4o" , "x_new": 1.50,"messages":[{"role":"user","content":"\\u0068i"}] }'

test("the same dialect and model: the caller's very bytes", () => {
  const call = ready(odd)
  assert.equal(call.body.toString(), odd)
  assert.equal(call.isNative, true)
  assert.equal(call.path, '/chat/completions')
  assert.deepEqual(call.drops, [])
})

test('another model changes the model and nothing else', () => {
  assert.equal(ready(odd, { target: { model: 'm2' } }).body.toString(), odd.replace('gpt-4o', 'm2'))
})

test('a stream asks for usage', () => {
  const body = JSON.parse(
    ready('{"model":"gpt-4o","messages":[],"stream":true}', { stream: true }).body.toString(),
  )
  assert.deepEqual(body.stream_options, { include_usage: true })
})

test("only headers of the vendor's API go along", () => {
  const headers = {
    'openai-organization': 'org',
    'openai-beta': 'a=b',
    authorization: 'Bearer secret',
    'x-stainless-lang': 'js',
    'anthropic-beta': 'x',
    cookie: 'c',
  }
  assert.deepEqual(ready(odd, { headers }).headers, {
    'openai-organization': 'org',
    'openai-beta': 'a=b',
    'content-type': 'application/json',
    accept: 'application/json',
  })
})

test("another dialect is translated, and the losses carry the caller's names", () => {
  const text = JSON.stringify({
    model: 'gpt-4o',
    messages: [{ role: 'user', content: 'hi' }],
    n: 2,
    seed: 1,
    logprobs: true,
    logit_bias: { '1': 2 },
  })
  const call = ready(text, { provider: anthropic, target: { model: 'claude' } })
  assert.equal(call.isNative, false)
  assert.equal(call.path, '/v1/messages')
  assert.equal(JSON.parse(call.body.toString()).model, 'claude')
  assert.deepEqual(call.drops, ['logit_bias', 'logprobs', 'n', 'seed'])
  assert.ok(call.headers['anthropic-version'])
})

test("headers of the caller's vendor do not cross to another vendor", () => {
  const call = ready('{"model":"m","messages":[{"role":"user","content":"hi"}]}', {
    provider: anthropic,
    headers: { 'openai-organization': 'org' },
  })
  assert.equal(call.headers['openai-organization'], undefined)
})

test("reasoning that stays behind is told in the caller's word", () => {
  const text = JSON.stringify({
    model: 'claude',
    max_tokens: 10,
    messages: [
      { role: 'user', content: 'hi' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: 's' },
          { type: 'text', text: 'a' },
        ],
      },
      { role: 'user', content: 'go on' },
    ],
  })
  assert.deepEqual(ready(text, { format: 'anthropic-messages' }).drops, ['messages.content.thinking'])
})

test('Anthropic paths stand behind the bare host and behind /v1', () => {
  const wish = { format: 'anthropic-messages', provider: anthropic } as const
  assert.equal(ready('{"model":"c"}', wish).path, '/v1/messages')
  const provider = { ...anthropic, endpoint: 'https://gateway.example/v1' }
  assert.equal(ready('{"model":"c"}', { ...wish, provider }).path, '/messages')
  assert.equal(ready('{"model":"c"}', { ...wish, endpoint: 'countTokens' }).path, '/v1/messages/count_tokens')
})

test("the version is the caller's, else the newest that carries the request", () => {
  const wish = { format: 'anthropic-messages', provider: anthropic, target: { model: 'c' } } as const
  const versionOf = (text: string, more: CallWish = {}) =>
    ready(text, { ...wish, ...more }).headers['anthropic-version']
  assert.equal(versionOf('{"model":"c"}', { headers: { 'anthropic-version': '2023-06-01' } }), '2023-06-01')
  assert.equal(versionOf('{"model":"c"}'), '2026-10-21')
  assert.equal(versionOf('{"model":"c","temperature":0}'), '2023-06-01')
})

test('a token count is not capped, and exists only where it is native', () => {
  const wish = {
    format: 'anthropic-messages',
    endpoint: 'countTokens',
    target: { model: 'c', maxOutputTokens: 5 },
  } as const
  const call = ready('{"model":"c","messages":[]}', { ...wish, provider: anthropic })
  assert.equal(call.body.toString(), '{"model":"c","messages":[]}')
  const count = { status: 200, headers: {}, body: Buffer.from('{"input_tokens":7}') }
  assert.deepEqual(call.readWhole(count), { kind: 'reply', completion: undefined })
  assert.equal(prepareCall(inputFor('{"model":"c"}', { ...wish, provider: openai })).kind, 'impossible')
})

test('a conversation that lies at its vendor cannot be answered elsewhere', () => {
  const decoded = (): CompletionRequest => ({
    model: 'm',
    stream: false,
    messages: [],
    tools: [],
    history: 'vendor',
    untranslated: [],
  })
  assert.equal(prepareCall(inputFor(odd, { provider: anthropic, decoded })).kind, 'impossible')
  assert.equal(prepareCall(inputFor(odd, { decoded })).kind, 'ready')
})

test('a body that its model does not read is translated to one that it does', () => {
  const text =
    '{"anthropic_version":"bedrock-2023-05-31","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}'
  const bedrock = { ...openai, dialect: 'Bedrock', endpoint: 'https://host.example' } as const
  const wish = { format: 'bedrock-invoke', provider: bedrock } as const
  const same = ready(text, { ...wish, target: { model: 'anthropic.claude-3-haiku-20240307-v1:0' } })
  assert.equal(same.isNative, true)
  assert.equal(same.path, '/model/anthropic.claude-3-haiku-20240307-v1%3A0/invoke')
  const other = ready(text, { ...wish, target: { model: 'amazon.nova-lite-v1:0' } })
  assert.equal(other.isNative, false)
  assert.equal(other.path, '/model/amazon.nova-lite-v1%3A0/converse')
})

test('streams are asked for, and read, as they stand on the wire', () => {
  const gemini = { ...openai, dialect: 'Gemini', endpoint: 'https://host.example' } as const
  const text = '{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}'
  const wish = { format: 'gemini-generate', provider: gemini, stream: true } as const
  const native = ready(text, wish)
  assert.equal(native.path, '/v1beta/models/gpt-4o:streamGenerateContent')
  assert.equal(native.streamType, 'application/json')
  assert.equal(native.body.toString(), text)
  const translated = ready(odd, { provider: gemini, stream: true })
  assert.equal(translated.path, '/v1beta/models/gpt-4o:streamGenerateContent?alt=sse')
  assert.equal(translated.headers['accept'], 'text/event-stream')
})

test('a conversation of which nothing can be said elsewhere is no request there', () => {
  const body = JSON.stringify({ model: 'gpt-5', input: [{ type: 'some_future_item' }] })
  const prepared = prepareCall(inputFor(body, { format: 'openai-responses', provider: anthropic }))
  assert.deepEqual(prepared, {
    kind: 'impossible',
    detail: 'nothing of the conversation can be said to another vendor',
  })
})
