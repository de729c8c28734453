import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CompiledProvider } from '../../crds/snapshot/policy-snapshot.ts'
import type { PreparedCall } from '../chain/ports.ts'
import type { WireFormat } from './dialect.ts'
import { parseBody } from './parse-body.ts'
import { dialectOf } from './registry.ts'
import { type CallInput, prepareCall } from './translate.ts'

const openai: CompiledProvider = {
  key: 'LLMProvider/a/openai',
  kind: 'LLMProvider',
  name: 'openai',
  dialect: 'OpenAI',
  endpoint: 'https://api.openai.com/v1',
  credentials: { kind: 'none' },
  headers: [],
  models: [],
}
const anthropic: CompiledProvider = { ...openai, dialect: 'Anthropic', endpoint: 'https://api.anthropic.com' }

interface Wish extends Partial<Omit<CallInput, 'body' | 'caller'>> {
  readonly format?: WireFormat
  readonly headers?: Readonly<Record<string, string>>
}

function inputFor(text: string, wish: Wish = {}): CallInput {
  const caller = dialectOf(wish.format ?? 'openai-chat')
  const body = parseBody(Buffer.from(text))
  const { headers = {}, format: _format, ...rest } = wish
  return {
    caller,
    body,
    stream: false,
    endpoint: 'completion',
    inboundHeaders: name => headers[name],
    provider: openai,
    target: { model: 'gpt-4o' },
    decoded: () => caller.decodeRequest(body.json),
    ...rest,
  }
}

function ready(text: string, wish?: Wish): PreparedCall {
  const preparation = prepareCall(inputFor(text, wish))
  assert.ok(preparation.kind === 'ready', 'the call was impossible')
  return preparation.call
}

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
  const versionOf = (text: string, more: Wish = {}) =>
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

test('a dialect that is not built yet is impossible, not an error', () => {
  const preparation = prepareCall(inputFor(odd, { provider: { ...openai, dialect: 'Cohere' } }))
  assert.equal(preparation.kind, 'impossible')
})

// ── Reading what comes back ────────────────────────────────────────────────────────────────────────────────────────

function verdictOn(body: string, status = 200, text = odd) {
  return ready(text).readWhole({
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(body),
  })
}

function replyWith(message: object, finish_reason: string): string {
  return JSON.stringify({ id: 'x', choices: [{ index: 0, message, finish_reason }] })
}

test('an answer is read', () => {
  const verdict = verdictOn(replyWith({ content: 'hi' }, 'stop'))
  assert.equal(verdict.kind === 'reply' && verdict.completion?.choices[0]?.finish, 'stop')
})

test('what is cut, foreign or empty is an invalid response', () => {
  for (const body of [
    '',
    '{"id":"x","choices":[{"index":0,"mess',
    '<html>',
    '[]',
    '{"id":"x","choices":[]}',
    replyWith({ content: '' }, 'stop'),
    replyWith({ content: null, reasoning_content: 'hm' }, 'stop'),
  ]) {
    const verdict = verdictOn(body)
    assert.equal(verdict.kind === 'failed' && verdict.failure.kind, 'InvalidResponse', body)
  }
})

test('a legal empty answer is an answer', () => {
  assert.equal(verdictOn(replyWith({ content: '' }, 'length')).kind, 'reply')
  assert.equal(verdictOn(replyWith({ content: '' }, 'content_filter')).kind, 'reply')
  const withStop = '{"model":"gpt-4o","messages":[],"stop":["x"]}'
  assert.equal(verdictOn(replyWith({ content: '' }, 'stop'), 200, withStop).kind, 'reply')
})

test('a status other than success is classified, a redirect never followed', () => {
  for (const [status, kind] of [
    [503, 'Overloaded'],
    [401, 'AuthFailed'],
    [302, 'InvalidResponse'],
  ] as const) {
    const verdict = verdictOn('{}', status)
    assert.equal(verdict.kind === 'failed' && verdict.failure.kind, kind)
  }
})

test('a failed prompt that was paid for tells its usage', () => {
  const verdict = verdictOn('{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":0}}')
  assert.deepEqual(verdict.kind === 'failed' && verdict.usage, { input: 5, output: 0 })
})

test('an answer without a time gets ours', () => {
  const wish = { format: 'anthropic-messages', wallTime: () => 7_900 } as const
  const call = ready('{"model":"c","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}', wish)
  const verdict = call.readWhole({
    status: 200,
    headers: {},
    body: Buffer.from(replyWith({ content: 'x' }, 'stop')),
  })
  assert.equal(verdict.kind === 'reply' && verdict.completion?.created, 7)
})
