import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { askMessages, chatText, dataOf } from '../support/ask.ts'
import { targetStep } from '../support/policy-objects.ts'
import { respond, stream } from '../support/scripted-provider.ts'
import { openStage, plain, routeFor, type Stage } from './stage.ts'
import { chat, chatBody, eventStreamHeaders, failWith, wholeStream } from './wire.ts'

const headers = eventStreamHeaders
const primary = (model: string) => targetStep('primary', { provider: 'first', model }, plain)
const stale = { name: 'stale', cache: { maxAge: '1h' } }
const apology = { name: 'apology', manual: { text: 'Please come back later.' } }

let stage: Stage
before(async () => {
  stage = await openStage({
    policy: { tenant: { header: 'x-llm-fallback-tenant' } },
    routes: [
      routeFor('floor', [primary('floor-1'), stale, apology]),
      routeFor('first', [primary('first-1')], { cacheFirst: { maxAge: '1h' } }),
      routeFor('sorry', [primary('sorry-1'), { name: 'apology', manual: { text: 'Not now.', status: 503 } }]),
    ],
  })
})
after(() => stage.close())

test('the cache answers the same question when everything failed, and says how old the answer is', async () => {
  stage.first.script(chat('kept'), failWith(500))
  await stage.ask({ model: 'floor', content: 'the same' })
  const answer = await stage.ask({ model: 'floor', content: 'the same' })
  assert.equal(chatText(answer), 'kept')
  assert.equal(answer.verdict.served?.step, 'stale')
  assert.equal(answer.verdict.served?.provider, 'first')
  assert.equal(answer.verdict.reason, 'upstream_total_failure')
  assert.match(answer.verdict.cache ?? '', /^hit;age=\d+$/)
})

test('a question that nobody asked before gets the manual answer, with zero usage and a normal end', async () => {
  stage.first.script(failWith(500))
  const answer = await stage.ask({ model: 'floor', content: 'a new one' })
  assert.equal(answer.status, 200)
  assert.equal(chatText(answer), 'Please come back later.')
  assert.equal(answer.verdict.served?.step, 'apology')
  assert.equal(answer.verdict.reason, 'automation_exhausted')
  assert.equal(answer.verdict.cache, 'miss')
  assert.partialDeepStrictEqual(answer.json, {
    object: 'chat.completion',
    choices: [{ finish_reason: 'stop' }],
    usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
  })
})

test('the manual answer is streamed when a stream was asked', async () => {
  stage.first.script(failWith(500))
  const answer = await stage.ask({ model: 'floor', content: 'another new one', stream: true })
  assert.equal(chatText(answer), 'Please come back later.')
  assert.equal(dataOf(answer.text).at(-1), '[DONE]')
})

test('the manual answer comes in the caller’s dialect', async () => {
  stage.first.script(failWith(500))
  const answer = await askMessages(stage.sidecar.url, { model: 'floor', content: 'one more' })
  assert.partialDeepStrictEqual(answer.json, {
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text', text: 'Please come back later.' }],
    stop_reason: 'end_turn',
  })
})

test('a manual answer with status 503 is an error in the dialect’s shape', async () => {
  stage.first.script(failWith(500), failWith(500))
  for (const isStream of [false, true]) {
    const answer = await stage.ask({ model: 'sorry', stream: isStream })
    assert.equal(answer.status, 503)
    assert.partialDeepStrictEqual(answer.json, { error: { message: 'Not now.', type: 'llm_fallback_error' } })
    assert.equal(answer.verdict.served?.step, 'apology')
  }
})

test('an answer that was streamed serves a whole one and the other way round', async () => {
  stage.first.script(stream(wholeStream('streamed ', 'first'), { headers }), failWith(500))
  await stage.ask({ model: 'floor', content: 'form', stream: true })
  const whole = await stage.ask({ model: 'floor', content: 'form' })
  assert.equal(chatText(whole), 'streamed first')
  stage.first.script(chat('whole first'), failWith(500))
  await stage.ask({ model: 'floor', content: 'other form' })
  const streamed = await stage.ask({ model: 'floor', content: 'other form', stream: true })
  assert.equal(chatText(streamed), 'whole first')
  assert.equal(dataOf(streamed.text).at(-1), '[DONE]')
})

test('cacheFirst answers without asking the provider', async () => {
  stage.first.script(chat('once'))
  const first = await stage.ask({ model: 'first', content: 'again and again' })
  assert.equal(first.verdict.cache, 'miss')
  const asked = stage.first.requests.length
  const second = await stage.ask({ model: 'first', content: 'again and again' })
  assert.equal(chatText(second), 'once')
  assert.match(second.verdict.cache ?? '', /^hit;age=/)
  assert.equal(stage.first.requests.length, asked)
})

test('another parameter is another question', async () => {
  stage.first.script(chat('cold'), chat('warm'))
  const cold = await stage.ask({ model: 'first', content: 'weather', more: { temperature: 0 } })
  const warm = await stage.ask({ model: 'first', content: 'weather', more: { temperature: 1 } })
  assert.deepEqual([chatText(cold), chatText(warm)], ['cold', 'warm'])
})

test('the order of members and their spacing make no other question', async () => {
  stage.first.script(chat('canonical'))
  await stage.ask({ model: 'first', content: 'order', more: { temperature: 0, seed: 1 } })
  const answer = await stage.ask({ model: 'first', content: 'order', more: { seed: 1, temperature: 0 } })
  assert.match(answer.verdict.cache ?? '', /^hit/)
})

test('no tenant is answered from another tenant’s cache', async () => {
  stage.first.script(chat('for a'), chat('for b'))
  const ask = (tenant: string) =>
    stage.ask({ model: 'first', content: 'secret', headers: { 'x-llm-fallback-tenant': tenant } })
  assert.equal(chatText(await ask('a')), 'for a')
  assert.equal(chatText(await ask('b')), 'for b')
  assert.equal(chatText(await ask('a')), 'for a')
})

test('an answer that was cut by its limit is not kept', async () => {
  stage.first.script(chat('hal', { finish: 'length' }), chat('whole'))
  await stage.ask({ model: 'first', content: 'long' })
  assert.equal(chatText(await stage.ask({ model: 'first', content: 'long' })), 'whole')
})

test('a filtered answer is not kept', async () => {
  const filtered = respond({ status: 200, json: chatBody('x', { finish: 'content_filter' }) })
  stage.first.script(filtered, chat('clean'))
  await stage.ask({ model: 'first', content: 'filtered' })
  assert.equal(chatText(await stage.ask({ model: 'first', content: 'filtered' })), 'clean')
})

test('a broken stream is not kept', async () => {
  stage.first.script(stream([...wholeStream('ha').slice(0, 2), 'reset'], { headers }), chat('whole'))
  await stage.ask({ model: 'first', content: 'breaks', stream: true })
  assert.equal(chatText(await stage.ask({ model: 'first', content: 'breaks' })), 'whole')
})
