import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { chatText } from '../support/ask.ts'
import { silence } from '../support/scripted-provider.ts'
import { openStage, type Stage, twoSteps } from './stage.ts'
import { chat, failWith } from './wire.ts'

const touchy = { circuitBreaker: { failures: 1, openFor: '1h' } }

let stage: Stage
before(async () => {
  stage = await openStage({
    routes: [
      { ...twoSteps('any'), limits: { deadline: '600ms' } },
      twoSteps('patient'),
      twoSteps('open', touchy),
      twoSteps('retrying', { retry: { attempts: 3, backoff: { initial: '1ms', factor: 1, max: '1ms' } } }),
    ],
  })
})
after(() => stage.close())

async function timed(ask: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await ask()
  return performance.now() - startedAt
}

for (const deadline of ['300ms', '300']) {
  test(`x-llm-fallback-deadline: ${deadline} ends the walk in time`, async () => {
    stage.first.script(silence())
    const took = await timed(async () => {
      const answer = await stage.ask({ model: 'patient', headers: { 'x-llm-fallback-deadline': deadline } })
      assert.equal(answer.status, 504)
    })
    assert.ok(took >= 290 && took < 1_500, `${took} ms`)
  })
}

test('a deadline longer than the policy’s changes nothing', async () => {
  stage.first.script(silence())
  const took = await timed(() => stage.ask({ model: 'any', headers: { 'x-llm-fallback-deadline': '1h' } }))
  assert.ok(took < 2_000, `${took} ms`)
})

for (const malformed of ['soon', '-5', '0', '1.5s', '']) {
  test(`a deadline of "${malformed}" is refused by the name of its header`, async () => {
    const asked = stage.first.requests.length
    const answer = await stage.ask({ model: 'any', headers: { 'x-llm-fallback-deadline': malformed } })
    assert.equal(answer.status, 400)
    assert.match(answer.text, /x-llm-fallback-deadline/)
    assert.equal(stage.first.requests.length, asked)
  })
}

test('x-llm-fallback: off gives the primary’s failure as it is', async () => {
  const asked = stage.second.requests.length
  stage.first.script(failWith(500, { type: 'server_error', message: 'as it is' }))
  const answer = await stage.ask({ model: 'patient', headers: { 'x-llm-fallback': 'off' } })
  assert.equal(answer.status, 500)
  assert.partialDeepStrictEqual(answer.json, { error: { message: 'as it is' } })
  assert.equal(stage.second.requests.length, asked)
})

test('off asks the primary once, whatever the policy says of retries', async () => {
  const asked = stage.first.requests.length
  stage.first.script(failWith(503))
  await stage.ask({ model: 'retrying', headers: { 'x-llm-fallback': 'off' } })
  assert.equal(stage.first.requests.length - asked, 1)
})

test('off does not ask the breaker', async () => {
  stage.first.script(failWith(500))
  stage.second.script(chat('backup'))
  await stage.ask({ model: 'open' })
  stage.first.script(chat('through'))
  const answer = await stage.ask({ model: 'open', headers: { 'x-llm-fallback': 'off' } })
  assert.equal(chatText(answer), 'through')
})

test('another value of x-llm-fallback is refused by the name of its header', async () => {
  const answer = await stage.ask({ model: 'any', headers: { 'x-llm-fallback': 'sometimes' } })
  assert.equal(answer.status, 400)
  assert.match(answer.text, /x-llm-fallback/)
})
