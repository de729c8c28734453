import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { chatText } from '../support/ask.ts'
import { eventually } from '../support/eventually.ts'
import { openStage, type Stage, twoSteps } from './stage.ts'
import { chat, failWith, rateLimited } from './wire.ts'

const quick = { circuitBreaker: { failures: 3, window: '30s', openFor: '1s' } }
const slow = { circuitBreaker: { failures: 2, window: '30s', openFor: '1h' } }

let stage: Stage
before(async () => {
  stage = await openStage({ routes: routes() })
})
after(() => stage.close())

function routes() {
  return [
    twoSteps('quick', quick),
    twoSteps('limited', quick),
    twoSteps('keys', quick),
    twoSteps('callers-fault', quick),
    twoSteps('lonely', slow, { when: ['RateLimited'] }),
    { ...twoSteps('desperate', slow, slow), whenAllOpen: 'TryLeastBad' },
    { ...twoSteps('patient', quick, { when: ['RateLimited'] }), whenAllOpen: 'Wait' },
    twoSteps('survivor', slow),
  ]
}

/** The primary fails and the backup serves, so many times. */
async function failOver(times: number, model: string): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    stage.first.script(failWith(500))
    stage.second.script(chat('backup'))
    await stage.ask({ model })
  }
}

/** The primary fails and nobody else is asked, so many times. */
async function failAlone(times: number, model: string): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    stage.first.script(failWith(500))
    await stage.ask({ model })
  }
}

test('opens after the failures that the policy names, and asks the target no more', async () => {
  await failOver(3, 'quick')
  const asked = stage.first.requests.length
  stage.second.script(chat('backup'))
  const answer = await stage.ask({ model: 'quick' })
  assert.equal(stage.first.requests.length, asked)
  assert.equal(answer.verdict.reason, 'circuit_open')
  assert.match(answer.verdict.attempts ?? '', /^primary;skipped=CircuitOpen, backup;served/)
  const metrics = await fetch(`${stage.sidecar.adminUrl}/metrics`).then(found => found.text())
  assert.match(metrics, /llm_fallback_circuit_breaker_state\{[^}]*state="open"[^}]*\} 1/)
})

test('closes again after a good probe', async () => {
  stage.first.script(chat('back'))
  await eventually('a probe is let through', async () => {
    const { verdict } = await stage.ask({ model: 'quick' })
    return verdict.hop === 0 ? true : undefined
  })
})

test('a rate limit opens it for the asked time, and the step that lists RateLimited is entered', async () => {
  stage.first.script(rateLimited(30))
  stage.second.script(chat('backup'), chat('backup'))
  await stage.ask({ model: 'limited' })
  const asked = stage.first.requests.length
  const answer = await stage.ask({ model: 'limited' })
  assert.equal(answer.verdict.reason, 'circuit_open')
  assert.equal(stage.first.requests.length, asked)
})

test('a refused key opens it at once', async () => {
  stage.first.script(failWith(401, { code: 'invalid_api_key' }))
  stage.second.script(chat('backup'), chat('backup'))
  await stage.ask({ model: 'keys' })
  const answer = await stage.ask({ model: 'keys' })
  assert.match(answer.verdict.attempts ?? '', /^primary;skipped=CircuitOpen/)
})

test('the caller’s own mistakes never open it', async () => {
  for (let count = 0; count < 5; count += 1) {
    stage.first.script(failWith(400, { type: 'invalid_request_error' }))
    await stage.ask({ model: 'callers-fault' })
  }
  stage.first.script(chat('still here'))
  assert.equal(chatText(await stage.ask({ model: 'callers-fault' })), 'still here')
})

test('when every target is open the caller is told when to come back', async () => {
  await failAlone(2, 'lonely')
  const answer = await stage.ask({ model: 'lonely' })
  assert.equal(answer.status, 503)
  assert.partialDeepStrictEqual(answer.json, { error: { code: 'circuit_open' } })
  assert.ok(Number(answer.headers.get('retry-after')) > 0)
})

test('Wait sits out the shortest breaker within the deadline', async () => {
  await failAlone(3, 'patient')
  stage.first.script(chat('worth the wait'))
  const answer = await stage.ask({ model: 'patient' })
  assert.equal(chatText(answer), 'worth the wait')
})

test('survives a reload that does not touch its step', async () => {
  await failOver(2, 'survivor')
  await stage.writePolicy([...routes(), twoSteps('added')])
  const asked = stage.first.requests.length
  stage.second.script(chat('backup'))
  const answer = await stage.ask({ model: 'survivor' })
  assert.match(answer.verdict.attempts ?? '', /^primary;skipped=CircuitOpen/)
  assert.equal(stage.first.requests.length, asked)
})

test('TryLeastBad asks a target although every breaker is open', async () => {
  for (let count = 0; count < 2; count += 1) {
    stage.first.script(failWith(500))
    stage.second.script(failWith(500))
    await stage.ask({ model: 'desperate' })
  }
  for (const provider of [stage.first, stage.second]) provider.script(chat('alive after all'))
  assert.equal(chatText(await stage.ask({ model: 'desperate' })), 'alive after all')
})
