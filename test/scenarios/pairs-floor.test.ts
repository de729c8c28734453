// The last resorts of a chain, a written text and a stored answer, are normal answers to callers of every dialect.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { CompletionRequest } from '../../sidecar/dialect/completion.ts'
import { callsOf, textOf } from '../conformance/said.ts'
import { route, targetStep } from '../support/policy-objects.ts'
import { respond } from '../support/scripted-provider.ts'
import { type Caller, callers } from './pairs/callers.ts'
import { openPairStage, type PairStage, plain, readAs } from './pairs/stage.ts'
import { type Vendor, vendors } from './pairs/vendors.ts'
import { message } from './wire.ts'

const manualText = 'A person will answer — s’il vous plaît.'
const target = targetStep('primary', { provider: 'anthropic', model: 'claude' }, plain)
const routes = [
  route('manual', [target, { name: 'floor', manual: { text: manualText } }]),
  route('stored', [target, { name: 'floor', cache: { maxAge: '1h' } }]),
].map(one => ({ ...one, match: { models: [one['name']] } }))

let stage: PairStage
before(async () => {
  stage = await openPairStage({ routes })
})
after(() => stage.close())

const question = (model: string, stream: boolean): CompletionRequest => ({
  model,
  stream,
  messages: [{ role: 'user', content: [{ kind: 'text', text: 'Hello' }] }],
  tools: [],
  maxOutputTokens: 100,
  untranslated: [],
})

const broken = respond({
  status: 500,
  json: { type: 'error', error: { type: 'api_error', message: 'it failed' } },
})

for (const caller of callers) {
  describe(`${caller.name}`, () => {
    for (const stream of [false, true]) {
      const form = stream ? 'a stream' : 'a whole answer'
      test(`a manual text as ${form}`, () => assertManual(caller, stream))
      test(`a stored answer as ${form}`, () => assertStored(caller, stream))
    }
  })
}

async function assertManual(caller: Caller, stream: boolean): Promise<void> {
  server().script(broken)
  await assertText(caller, question('manual', stream), manualText)
}

async function assertStored(caller: Caller, stream: boolean): Promise<void> {
  server().script(message('Worth keeping.'))
  await assertText(caller, question('stored', false), 'Worth keeping.')
  server().script(broken)
  const answer = await assertText(caller, question('stored', stream), 'Worth keeping.')
  assert.match(answer.verdict.cache ?? '', /^hit/)
}

async function assertText(caller: Caller, request: CompletionRequest, text: string) {
  const answer = await stage.ask(caller, request)
  assert.equal(answer.status, 200, answer.bytes.toString('utf8'))
  const { reply, hasEnded } = readAs(caller, answer, request)
  assert.equal(hasEnded, true)
  assert.equal(textOf(reply), text)
  assert.deepEqual(callsOf(reply), [])
  assert.equal(reply.choices[0]?.finish, 'stop')
  return answer
}

function server() {
  const anthropic: Vendor | undefined = vendors.find(({ name }) => name === 'anthropic')
  return stage.serverOf(anthropic ?? assert.fail('no such vendor'))
}
