// What stays behind of a request: audit lines, metrics, debug pages.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { recordOf, recordsOf } from '../support/simulated-vendors/json.ts'
import { openStage, type Stage, twoSteps } from './stage.ts'
import { chat, failWith } from './wire.ts'

let stage: Stage
before(async () => {
  stage = await openStage({
    routes: [twoSteps('any')],
    policy: { tenant: { header: 'x-llm-fallback-tenant' } },
    environment: { LLM_FALLBACK_AUDIT: 'stdout', LLM_FALLBACK_POD_NAME: 'copilot-7d9f' },
  })
})
after(() => stage.close())

function auditLines() {
  return stage.sidecar.logLines().filter(line => line['schema'] === 'llm-fallback.audit/v1')
}

async function auditOf(ask: () => Promise<unknown>) {
  const seen = auditLines().length
  await ask()
  return eventually('the audit line is written', () => auditLines()[seen])
}

const read = (path: string) => fetch(`${stage.sidecar.adminUrl}${path}`).then(answer => answer.text())

test('an audit line tells the whole story of a rescued request', async () => {
  stage.first.script(failWith(429, { code: 'rate_limit_exceeded', headers: { 'retry-after': '30' } }))
  stage.second.script(chat('rescued'))
  const line = await auditOf(() => stage.ask({ model: 'any', headers: { 'x-llm-fallback-tenant': 'acme' } }))
  assert.partialDeepStrictEqual(line, {
    actor: { tenant: 'acme', tenant_source: 'header' },
    source: { pod: 'copilot-7d9f' },
    request: { requested_model: 'any', stream: false },
    policy: { ref: 'default/scenario', route: 'any' },
    decision: { path: 'fallback', reason: 'rate_limit_429', final_hop: 1, outcome: 'success', status: 200 },
  })
  const attempts = recordsOf(line['attempts'])
  assert.equal(attempts.length, 2)
  assert.partialDeepStrictEqual(attempts[0], { hop: 0, step: 'primary', provider: 'first', status: 429 })
  assert.partialDeepStrictEqual(attempts[1], { hop: 1, step: 'backup', usage: { input: 7, output: 5 } })
})

test('a refused request leaves an audit line too', async () => {
  const line = await auditOf(() => stage.ask({ model: 'nobody-routes-this' }))
  assert.equal(recordOf(line['decision'])['outcome'], 'denied')
})

test('the metrics count requests, attempts and edges of the chain', async () => {
  const text = await read('/metrics')
  for (const expected of [
    /^llm_fallback_requests_total\{[^}]*path="fallback",[^}]*outcome="success"[^}]*\} 1$/m,
    /^llm_fallback_attempts_total\{[^}]*result="error"[^}]*\} 1$/m,
    /^llm_fallback_activations_total\{[^}]*reason="rate_limit_429"[^}]*\} 1$/m,
    /^llm_fallback_config_last_reload_successful 1$/m,
    /^llm_fallback_circuit_breaker_state\{[^}]*state="open"[^}]*\} 1$/m,
  ]) {
    assert.match(text, expected)
  }
})

test('the debug pages show the live policy and the breakers', async () => {
  assert.match(await read('/debug/policy'), /"name":\s*"scenario"/)
  assert.match(await read('/debug/breakers'), /any-1/)
  assert.equal((await fetch(`${stage.sidecar.adminUrl}/livez`)).status, 200)
  assert.match(await read('/readyz'), /scenario@[0-9a-f]{8}/)
})

test('the admin port serves no completions and the data port no metrics', async () => {
  const wrongDoor = await fetch(`${stage.sidecar.adminUrl}/v1/chat/completions`, {
    method: 'POST',
    body: '{}',
  })
  assert.ok(wrongDoor.status >= 400 && wrongDoor.status < 500)
  assert.equal((await fetch(`${stage.sidecar.url}/metrics`)).status, 404)
})

test('junk names from callers add no series', async () => {
  const seriesOf = (text: string) =>
    text.split('\n').filter(line => line !== '' && !line.startsWith('#')).length
  await stage.ask({ model: 'junk-first' })
  const before = seriesOf(await read('/metrics'))
  for (let number = 0; number < 50; number += 1) {
    await stage.ask({ model: `junk-${number}`, headers: { 'x-llm-fallback-tenant': `tenant-${number}` } })
  }
  const after = await read('/metrics')
  assert.ok(seriesOf(after) <= before + 2, `${before} then ${seriesOf(after)}`)
  assert.doesNotMatch(after, /junk-|tenant-/)
})
