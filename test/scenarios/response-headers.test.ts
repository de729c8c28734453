import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { askMessages } from '../support/ask.ts'
import { targetStep } from '../support/policy-objects.ts'
import { respond, stream } from '../support/scripted-provider.ts'
import { openStage, plain, routeFor, type Stage, twoSteps } from './stage.ts'
import { chat, chatBody, eventStreamHeaders, failWith, message, wholeStream } from './wire.ts'

let stage: Stage
before(async () => {
  stage = await openStage({
    routes: [
      twoSteps('one'),
      routeFor('translated', [targetStep('only', { provider: 'other', model: 'claude' }, plain)]),
    ],
  })
})
after(() => stage.close())

test('every header of a plain success', async () => {
  stage.first.script(chat('hello'))
  const { verdict, headers } = await stage.ask({ model: 'one' })
  assert.match(verdict.requestId ?? '', /^[0-9A-Za-z-]{16,}$/)
  assert.match(verdict.policy ?? '', /^scenario@[0-9a-f]{8}$/)
  assert.equal(verdict.route, 'one')
  assert.equal(headers.get('x-llm-fallback-served'), 'primary;provider="first";model="one-1"')
  assert.equal(verdict.hop, 0)
  assert.equal(verdict.reason, undefined)
  assert.match(verdict.attempts ?? '', /^primary;served;ms=\d+$/)
  assert.equal(verdict.cache, undefined)
  assert.equal(verdict.drops, undefined)
})

test('the trail tells each attempt', async () => {
  stage.first.script(failWith(529))
  stage.second.script(chat('hello'))
  const { verdict } = await stage.ask({ model: 'one' })
  assert.match(verdict.attempts ?? '', /^primary;failure=Overloaded;status=529;ms=\d+, backup;served;ms=\d+$/)
})

test('streams and errors carry the same headers', async () => {
  stage.first.script(stream(wholeStream('hi'), { headers: eventStreamHeaders }), failWith(500))
  stage.second.script(failWith(500))
  const streamed = await stage.ask({ model: 'one', stream: true })
  const failed = await stage.ask({ model: 'one' })
  for (const { verdict } of [streamed, failed]) {
    assert.match(verdict.policy ?? '', /^scenario@/)
    assert.equal(verdict.route, 'one')
    assert.ok(verdict.requestId)
    assert.ok(verdict.attempts)
  }
  assert.equal(failed.verdict.hop, undefined)
  assert.notEqual(streamed.verdict.requestId, failed.verdict.requestId)
})

test('request ids are never those of the caller', async () => {
  stage.first.script(chat('hello'))
  const { verdict } = await stage.ask({ model: 'one', headers: { 'x-request-id': 'from-the-caller' } })
  assert.notEqual(verdict.requestId, 'from-the-caller')
})

test('each dialect gets the request id that its SDK shows', async () => {
  stage.first.script(
    respond({ status: 200, headers: { 'x-request-id': 'req_upstream' }, json: chatBody('hi') }),
    chat('hi'),
  )
  stage.other.script(message('salut', { 'request-id': 'req_anthropic' }))
  const native = await stage.ask({ model: 'one' })
  assert.equal(native.headers.get('x-request-id'), 'req_upstream')
  const translated = await askMessages(stage.sidecar.url, { model: 'one' })
  assert.ok(translated.headers.get('request-id'))
  const other = await stage.ask({ model: 'translated' })
  assert.equal(other.headers.get('x-request-id'), other.verdict.requestId)
})

test('a translation names what it could not carry in the caller’s words', async () => {
  stage.other.script(message('salut'))
  const more = { seed: 1, logit_bias: { 5: 1 }, frequency_penalty: 0.5 }
  const { verdict } = await stage.ask({ model: 'translated', more })
  assert.deepEqual((verdict.drops ?? '').split(', ').sort(), ['frequency_penalty', 'logit_bias', 'seed'])
})

test('cookies and other private headers of a provider do not reach the caller', async () => {
  const headers = { 'set-cookie': 'a=b', server: 'cloudflare', 'openai-organization': 'org-1' }
  stage.first.script(respond({ status: 200, headers, json: chatBody('hi') }))
  const answer = await stage.ask({ model: 'one' })
  for (const name of Object.keys(headers)) assert.equal(answer.headers.get(name), null, name)
})

test('a rejected request has an id too', async () => {
  const answer = await stage.ask({ model: 'nobody-routes-this' })
  assert.equal(answer.status, 404)
  assert.partialDeepStrictEqual(answer.json, { error: { type: 'llm_fallback_error', code: 'no_route' } })
  assert.ok(answer.verdict.requestId)
})
