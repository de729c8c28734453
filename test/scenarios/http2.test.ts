// The data listener over HTTP/2 without TLS, as AWS' SDK for JavaScript speaks it to plain endpoints.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { Http2Caller } from '../support/inbound/http2-caller.ts'
import { silence, stream } from '../support/scripted-provider.ts'
import { openStage, type Stage, twoSteps } from './stage.ts'
import { chat, eventStreamHeaders, failWith, wholeStream } from './wire.ts'

const path = '/v1/chat/completions'
const question = (wish: object = {}) =>
  JSON.stringify({ model: 'any', messages: [{ role: 'user', content: 'hi' }], ...wish })

let stage: Stage
let caller: Http2Caller
before(async () => {
  stage = await openStage({ routes: [twoSteps('any')] })
  caller = new Http2Caller(stage.sidecar.url)
})
after(async () => {
  caller.leave()
  await stage.close()
})

test('an answer of the second provider rescues the first, with the same headers as ever', async () => {
  stage.first.script(failWith(503))
  stage.second.script(chat('rescued'))
  const { status, headers, text } = await caller.post(path, question()).answer
  assert.equal(status, 200)
  assert.match(text, /rescued/)
  assert.match(String(headers['x-llm-fallback-served']), /^backup;/)
  assert.equal(headers['x-llm-fallback-hop'], '1')
})

test('a stream reaches its caller byte for byte', async () => {
  const events = wholeStream('one ', 'two ', 'three')
  stage.first.script(stream(events, { headers: eventStreamHeaders }))
  const { headers, text, code } = await caller.post(path, question({ stream: true })).answer
  assert.equal(headers['content-type'], 'text/event-stream; charset=utf-8')
  assert.equal(text, events.join(''))
  assert.equal(code, 0)
})

test('hundreds of streams reach their caller undamaged', async () => {
  const events = wholeStream('one ', 'two ', 'three')
  for (let count = 0; count < 300; count += 1) {
    stage.first.script(stream(events, { headers: eventStreamHeaders }))
    const { text } = await caller.post(path, question({ stream: true })).answer
    assert.equal(text, events.join(''))
  }
})

test('a body is passed on as it came', async () => {
  stage.first.script(chat('long'))
  const content = 'ä\u2028'.repeat(300_000)
  const body = question({ messages: [{ role: 'user', content }] })
  assert.equal((await caller.post(path, body).answer).status, 200)
  const sent = stage.first.requests.at(-1)?.body ?? ''
  assert.equal(sent, body.replace('"model":"any"', '"model":"any-1"'))
})

test('requests of one connection are walked side by side', async () => {
  stage.first.script(silence())
  const waiting = caller.post(path, question())
  await eventually('the first is asked', () => stage.first.requests.at(-1))
  stage.first.script(chat('meanwhile'))
  assert.match((await caller.post(path, question()).answer).text, /meanwhile/)
  waiting.stream.close(8)
  await waiting.answer
})

test('a caller who takes a request back takes the upstream call along, and only that one', async () => {
  const [opening = '', first = ''] = wholeStream('one ')
  stage.first.script(stream([opening, first, 'hang'], { headers: eventStreamHeaders }))
  const asked = stage.first.requests.length
  const leaving = caller.post(path, question({ stream: true }))
  const request = await eventually('the provider is asked', () => stage.first.requests[asked])
  await leaving.sees('one ')
  const leftAt = performance.now()
  leaving.stream.close(8)
  await request.closedByPeer
  assert.ok(performance.now() - leftAt < 500)
  stage.first.script(chat('still here'))
  assert.match((await caller.post(path, question()).answer).text, /still here/)
})
