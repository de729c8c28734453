import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { answered, openScene, readBody } from '../../test/support/provider-kit.ts'
import { respond } from '../../test/support/scripted-provider.ts'
import { readAnswerHeaders } from './answer-headers.ts'

test('of a real answer only the listed headers come in', async t => {
  const { provider, call } = await openScene(t)
  const shown = {
    'content-type': 'application/json',
    'retry-after': '3',
    'retry-after-ms': '2900',
    'x-should-retry': 'false',
    'x-request-id': 'req_1',
    'x-ratelimit-remaining-tokens': '0',
    'anthropic-ratelimit-requests-reset': '2026-01-01T00:00:00Z',
  }
  const hidden = {
    'set-cookie': ['a=1', 'b=2'],
    server: 'nginx',
    location: 'http://127.0.0.1/',
    'x-llm-fallback-served': 'planted',
    'access-control-allow-origin': '*',
    'openai-organization': 'org-secret',
  }
  provider.script(respond({ status: 429, headers: { ...shown, ...hidden }, json: {} }))
  const answer = answered(await call())
  await readBody(answer.body)
  assert.deepEqual(answer.headers, shown)
})

test('a repeated header is joined with a comma', () => {
  assert.deepEqual(readAnswerHeaders({ 'x-ratelimit-limit': ['1', '2'] }), { 'x-ratelimit-limit': '1, 2' })
})

const unsafe = ['a\r\nb: c', 'a\nb', 'a\rb', 'a\0b', 'caf\u00e9', '\u2028', 'a\x7fb', '\x1b[31m']
for (const value of unsafe) {
  test(`the value ${JSON.stringify(value)} stays outside`, () => {
    assert.deepEqual(readAnswerHeaders({ 'x-request-id': value, date: 'today' }), { date: 'today' })
    assert.deepEqual(readAnswerHeaders({ 'x-request-id': ['fine', value] }), {})
  })
}

test('whatever a provider sends, every value that comes in can be written into a response', () => {
  const name = fc.oneof(
    fc.constantFrom('x-request-id', 'retry-after', 'x-ratelimit-a', '__proto__'),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.dictionary(name, fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string()))), raw => {
      for (const value of Object.values(readAnswerHeaders(raw))) assert.match(value, /^[\t -~]*$/)
    }),
  )
})
