import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { askMessages, chatText } from '../support/ask.ts'
import { openStage, type Stage, twoSteps } from './stage.ts'
import { chat, failWith } from './wire.ts'

let stage: Stage
before(async () => {
  stage = await openStage({
    routes: [twoSteps('routed')],
    policy: { passThrough: { providerRef: { name: 'second' } } },
  })
})
after(() => stage.close())

test('a request that no route matches goes to the default provider with its own model', async () => {
  stage.second.script(chat('default'))
  const answer = await stage.ask({ model: 'whatever-they-sell' })
  assert.equal(chatText(answer), 'default')
  assert.match(stage.second.requests.at(-1)?.body ?? '', /"model":"whatever-they-sell"/)
  assert.equal(answer.verdict.served?.provider, 'second')
})

test('its failures come back as they are', async () => {
  stage.second.script(failWith(500, { message: 'as it is' }))
  const answer = await stage.ask({ model: 'whatever-they-sell' })
  assert.ok(answer.status >= 500)
  assert.equal(stage.first.requests.length, 0)
})

test('a caller of another dialect is translated', async () => {
  stage.second.script(chat('default'))
  const answer = await askMessages(stage.sidecar.url, { model: 'whatever-they-sell' })
  assert.partialDeepStrictEqual(answer.json, { type: 'message', content: [{ text: 'default' }] })
})

test('a routed request still walks its chain', async () => {
  stage.first.script(chat('routed'))
  assert.equal(chatText(await stage.ask({ model: 'routed' })), 'routed')
})
