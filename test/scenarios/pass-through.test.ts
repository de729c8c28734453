import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { askMessages, chatText } from '../support/ask.ts'
import { eventually } from '../support/eventually.ts'
import { openStage, type Stage, twoSteps } from './stage.ts'
import { chat, failWith, rateLimited } from './wire.ts'

let stage: Stage
before(async () => {
  stage = await openStage({
    routes: [twoSteps('routed')],
    policy: { passThrough: { providerRef: { name: 'second' } } },
    environment: { LLM_FALLBACK_AUDIT: 'stdout' },
  })
})
after(() => stage.close())

test('a request that no route matches goes to the default provider with its own model', async () => {
  stage.second.script(chat('default'))
  const answer = await stage.ask({ model: 'whatever-they-sell' })
  assert.equal(chatText(answer), 'default')
  assert.match(stage.second.requests.at(-1)?.body ?? '', /"model":"whatever-they-sell"/)
  assert.equal(answer.verdict.served?.provider, 'second')
  const line = await eventually('the audit tells of it', () =>
    stage.sidecar.logLines().find(({ schema }) => schema === 'llm-fallback.audit/v1'),
  )
  assert.partialDeepStrictEqual(line, { attempts: [{ model_requested: 'whatever-they-sell' }] })
})

test('its failures come back as they are', async () => {
  stage.second.script(failWith(500, { message: 'as it is', type: 'server_error' }))
  const answer = await stage.ask({ model: 'whatever-they-sell' })
  assert.equal(answer.status, 500)
  assert.deepEqual(answer.json['error'], {
    message: 'as it is',
    type: 'server_error',
    param: null,
    code: null,
  })
  assert.equal(stage.first.requests.length, 0)
})

test('a limit on one of its models keeps no other model from being asked', async () => {
  stage.second.script(rateLimited(60), chat('not limited'))
  const limited = await stage.ask({ model: 'limited' })
  assert.equal(limited.status, 429)
  assert.equal(limited.headers.get('retry-after'), '60')
  assert.equal(chatText(await stage.ask({ model: 'another' })), 'not limited')
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
