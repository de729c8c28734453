import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { chatText } from '../support/ask.ts'
import { eventually } from '../support/eventually.ts'
import { openStage, type Stage, twoSteps } from './stage.ts'
import { chat, failWith } from './wire.ts'

let stage: Stage
before(async () => {
  stage = await openStage({
    routes: [twoSteps('watched', { circuitBreaker: { failures: 1, openFor: '1h' } })],
    policy: { mode: 'Observe' },
    environment: { LLM_FALLBACK_AUDIT: 'stdout' },
  })
})
after(() => stage.close())

test('a healthy primary answers and nothing would have differed', async () => {
  stage.first.script(chat('primary'))
  const answer = await stage.ask({ model: 'watched' })
  assert.equal(chatText(answer), 'primary')
  assert.equal(answer.verdict.would, undefined)
})

test('a failure reaches the caller as the primary gave it, with the step that would have been next', async () => {
  stage.first.script(failWith(500, { message: 'as it is', type: 'server_error' }))
  const answer = await stage.ask({ model: 'watched' })
  assert.equal(answer.status, 500)
  assert.partialDeepStrictEqual(answer.json, { error: { message: 'as it is' } })
  assert.equal(answer.verdict.would, 'backup')
  assert.equal(stage.second.requests.length, 0)
  await eventually('the metrics tell it, too', async () => {
    const metrics = await (await fetch(`${stage.sidecar.adminUrl}/metrics`)).text()
    return (
      /llm_fallback_observed_activations_total\{[^}]*to_target="backup"[^}]*\} 1/.test(metrics) || undefined
    )
  })
})

test('an open breaker does not keep an observed request from its primary', async () => {
  stage.first.script(chat('still asked'))
  assert.equal(chatText(await stage.ask({ model: 'watched' })), 'still asked')
})
