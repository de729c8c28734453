// Steps that are left out before anything is sent, each with its reason.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { chatText } from '../support/ask.ts'
import { targetStep } from '../support/policy-objects.ts'
import { openStage, plain, routeFor, type Stage, twoSteps } from './stage.ts'
import { chat, failWith, message } from './wire.ts'

const tools = [
  { type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } },
]
const priced = { inputPerMillion: '1000', outputPerMillion: '1000' }

let stage: Stage
before(async () => {
  const tiny = { usd: '0.000001', per: '1h' }
  stage = await openStage({
    providers: {
      first: {
        region: 'us-east-1',
        models: [
          { name: 'capable-1', capabilities: ['JsonSchema'] },
          { name: 'unknown-1' },
          { name: 'poor-1', price: priced },
          { name: 'rejecting-1', price: priced },
          { name: 'window-1', contextWindow: 8000 },
          { name: 'shrinking-1', contextWindow: 8000 },
        ],
      },
      second: {
        region: 'eu-west-1',
        models: [
          { name: 'window-2', contextWindow: 200000 },
          { name: 'shrinking-2', contextWindow: 4000 },
        ],
      },
    },
    routes: [
      { ...twoSteps('resident'), residency: { regions: ['eu-*'] } },
      { ...twoSteps('nowhere'), residency: { regions: ['ap-*'] } },
      twoSteps('capable'),
      twoSteps('unknown'),
      { ...twoSteps('poor'), budget: { ...tiny, onExceeded: 'Fallback' } },
      { ...twoSteps('rejecting'), budget: { ...tiny, onExceeded: 'Reject' } },
      twoSteps('window'),
      twoSteps('shrinking'),
      routeFor('strict', [
        targetStep('primary', { provider: 'first', model: 'strict-1' }, plain),
        targetStep('exact', { provider: 'other', model: 'strict-2', requireParameters: true }, plain),
        targetStep('loose', { provider: 'other', model: 'strict-3' }, plain),
      ]),
    ],
  })
})
after(() => stage.close())

test('a provider outside the allowed regions is never sent anything', async () => {
  const asked = stage.first.requests.length
  stage.second.script(chat('from Europe'))
  const answer = await stage.ask({ model: 'resident' })
  assert.equal(chatText(answer), 'from Europe')
  assert.match(answer.verdict.attempts ?? '', /^primary;skipped=ResidencyDenied, backup;served/)
  assert.equal(answer.verdict.reason, 'residency_denied')
  assert.equal(stage.first.requests.length, asked)
})

test('a region that nobody is in ends with 422', async () => {
  const answer = await stage.ask({ model: 'nowhere' })
  assert.equal(answer.status, 422)
  assert.partialDeepStrictEqual(answer.json, { error: { code: 'residency_denied' } })
})

test('off does not lift the residency rule', async () => {
  const asked = stage.first.requests.length
  const answer = await stage.ask({ model: 'resident', headers: { 'x-llm-fallback': 'off' } })
  assert.equal(answer.status, 422)
  assert.equal(stage.first.requests.length, asked)
})

test('a model without the needed capability is left out', async () => {
  stage.second.script(chat('with tools'))
  const answer = await stage.ask({ model: 'capable', more: { tools } })
  assert.equal(chatText(answer), 'with tools')
  assert.match(answer.verdict.attempts ?? '', /^primary;skipped=CapabilityMissing/)
})

test('unknown capabilities pass', async () => {
  stage.first.script(chat('with tools'))
  assert.equal((await stage.ask({ model: 'unknown', more: { tools } })).verdict.hop, 0)
})

test('a step that does not fit the budget is left out for a free one', async () => {
  stage.second.script(chat('for free'))
  const answer = await stage.ask({ model: 'poor' })
  assert.equal(chatText(answer), 'for free')
  assert.match(answer.verdict.attempts ?? '', /^primary;skipped=BudgetExceeded/)
})

test('a budget that rejects answers 429 and says that asking again is useless', async () => {
  const answer = await stage.ask({ model: 'rejecting' })
  assert.equal(answer.status, 429)
  assert.partialDeepStrictEqual(answer.json, { error: { code: 'budget_exceeded' } })
  assert.equal(answer.headers.get('x-should-retry'), 'false')
})

const tooLong = () => failWith(400, { type: 'invalid_request_error', code: 'context_length_exceeded' })

test('a prompt that overflows enters a larger window by itself', async () => {
  stage.first.script(tooLong())
  stage.second.script(chat('room enough'))
  const answer = await stage.ask({ model: 'window' })
  assert.equal(chatText(answer), 'room enough')
  assert.equal(answer.verdict.reason, 'context_window_overflow')
})

test('a prompt that overflows is not tried on a smaller window', async () => {
  const asked = stage.second.requests.length
  stage.first.script(tooLong())
  const answer = await stage.ask({ model: 'shrinking' })
  assert.equal(answer.status, 400)
  assert.equal(stage.second.requests.length, asked)
})

test('a step that requires every parameter is left out when a translation loses one', async () => {
  stage.first.script(failWith(500))
  stage.other.script(message('loosely'))
  const answer = await stage.ask({ model: 'strict', more: { seed: 1 } })
  assert.match(answer.verdict.attempts ?? '', /, exact;skipped=CapabilityMissing, loose;served/)
  assert.equal(answer.verdict.drops, 'seed')
})
