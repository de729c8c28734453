import assert from 'node:assert/strict'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { askMessages, chatText } from '../support/ask.ts'
import { eventually } from '../support/eventually.ts'
import { createPolicyFolder, type PolicyFolder } from '../support/policy-folder.ts'
import { targetStep } from '../support/policy-objects.ts'
import { respond } from '../support/scripted-provider.ts'
import { openStage, plain, routeFor, type Stage, twoSteps } from './stage.ts'
import { chat, failWith, message } from './wire.ts'

let keys: PolicyFolder
let stage: Stage
before(async () => {
  keys = await createPolicyFolder({ first: 'key-one\n' })
  stage = await openStage({
    routes: [
      twoSteps('both'),
      routeFor('own', [targetStep('only', { provider: 'other', model: 'claude' }, plain)]),
    ],
    providers: {
      first: { credentials: { file: { path: join(keys.path, 'first') } } },
      second: { credentials: { env: { name: 'NOBODY_SET_THIS' } } },
      other: { credentials: { caller: {} }, headers: [{ name: 'x-team', value: 'blue' }] },
    },
  })
})
after(() => Promise.all([stage.close(), keys.dispose()]))

const lastHeaders = (provider: 'first' | 'second' | 'other') => stage[provider].requests.at(-1)?.headers ?? {}

test('a key is read from its file and the caller’s own is never sent on', async () => {
  stage.first.script(chat('hello'))
  await stage.ask({ model: 'both', headers: { authorization: 'Bearer callers-key' } })
  assert.equal(lastHeaders('first')['authorization'], 'Bearer key-one')
  assert.doesNotMatch(JSON.stringify(lastHeaders('first')), /callers-key/)
})

test('a changed key file is picked up within five seconds', async () => {
  const draft = join(keys.path, 'draft')
  await writeFile(draft, 'key-two')
  await rename(draft, join(keys.path, 'first'))
  await eventually(
    'the new key is sent',
    async () => {
      stage.first.script(chat('hello'))
      await stage.ask({ model: 'both' })
      return lastHeaders('first')['authorization'] === 'Bearer key-two' ? true : undefined
    },
    5_000,
  )
})

test('a missing variable fails the target unsent, with a warning', async () => {
  const asked = stage.second.requests.length
  stage.first.script(failWith(500))
  const answer = await stage.ask({ model: 'both' })
  assert.equal(answer.status, 503)
  assert.match(answer.verdict.attempts ?? '', /backup;failure=AuthFailed/)
  assert.equal(stage.second.requests.length, asked)
  assert.ok(stage.sidecar.stdout().includes('NOBODY_SET_THIS'))
})

test('the caller’s key goes to a provider of the same dialect that asks for it', async () => {
  stage.other.script(message('bonjour'))
  await askMessages(stage.sidecar.url, { model: 'own', headers: { 'x-api-key': 'callers-own' } })
  assert.equal(lastHeaders('other')['x-api-key'], 'callers-own')
  assert.equal(lastHeaders('other')['x-team'], 'blue')
})

test('the caller’s key never goes to a provider of another dialect', async () => {
  stage.other.script(message('bonjour'))
  await stage.ask({ model: 'own', headers: { authorization: 'Bearer callers-key' } })
  assert.doesNotMatch(JSON.stringify(lastHeaders('other')), /callers-key/)
})

test('a key does not follow a redirect', async () => {
  const asked = stage.second.requests.length
  stage.first.script(
    respond({ status: 307, headers: { location: `${stage.second.url}/v1/chat/completions` }, text: '' }),
  )
  const answer = await stage.ask({ model: 'both' })
  assert.equal(stage.second.requests.length, asked)
  assert.notEqual(chatText(answer), 'hello')
})
