import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSettings } from './settings.ts'

test('an empty environment reads as the documented defaults', () => {
  const reading = readSettings({})
  assert.equal(reading.kind, 'read')
  if (reading.kind !== 'read') return
  const { settings } = reading
  assert.equal(settings.namespace, 'llm-fallback-system')
  assert.deepEqual(settings.pushListen, { host: '0.0.0.0', port: 8443 })
  assert.deepEqual(settings.webhookListen, { host: '0.0.0.0', port: 9443 })
  assert.deepEqual(settings.adminListen, { host: '0.0.0.0', port: 8080 })
  assert.equal(settings.pushUrl.href, 'https://llm-fallback.llm-fallback-system.svc:8443/')
  assert.equal(settings.webhookUrl, undefined)
  assert.equal(settings.tokenAudience, 'llm-fallback')
  assert.deepEqual(settings.credentialNamespaces, [])
  assert.equal(settings.logLevel, 'info')
  assert.equal(settings.sidecarImageSource, 'default')
  assert.equal(settings.sidecarPullPolicy, 'IfNotPresent')
  assert.equal(settings.sidecarLogLevel, undefined)
  assert.equal(settings.sidecarAudit, undefined)
  assert.equal(settings.injectionFailurePolicy, 'Fail')
  assert.deepEqual(settings.sidecarResources, {
    requests: { cpu: '50m', memory: '96Mi' },
    limits: { cpu: '1', memory: '256Mi' },
  })
})

test('an image that is given is told apart from the released one', () => {
  const reading = readSettings({ LLM_FALLBACK_SIDECAR_IMAGE: 'registry.example/sidecar:2' })
  assert.ok(reading.kind === 'read')
  assert.equal(reading.settings.sidecarImageSource, 'given')
})

test('the push URL follows the namespace', () => {
  const reading = readSettings({ LLM_FALLBACK_NAMESPACE: 'platform' })
  assert.ok(reading.kind === 'read' && reading.settings.pushUrl.host === 'llm-fallback.platform.svc:8443')
})

test('credential namespaces are a list, each once', () => {
  const reading = readSettings({ LLM_FALLBACK_CREDENTIAL_NAMESPACES: 'keys, team-a,keys' })
  assert.ok(reading.kind === 'read')
  assert.deepEqual(reading.settings.credentialNamespaces, ['keys', 'team-a'])
})

const bad: readonly (readonly [string, string])[] = [
  ['LLM_FALLBACK_NAMESPACE', 'Not_A_Namespace'],
  ['LLM_FALLBACK_PUSH_LISTEN', '8443'],
  ['LLM_FALLBACK_WEBHOOK_LISTEN', '0.0.0.0:99999'],
  ['LLM_FALLBACK_ADMIN_LISTEN', 'nowhere'],
  ['LLM_FALLBACK_PUSH_URL', 'http://plain.example'],
  ['LLM_FALLBACK_WEBHOOK_URL', 'https://user@host.example'],
  ['LLM_FALLBACK_SIDECAR_IMAGE', 'an image'],
  ['LLM_FALLBACK_TOKEN_AUDIENCE', 'two words'],
  ['LLM_FALLBACK_CREDENTIAL_NAMESPACES', 'a,B!'],
  ['LLM_FALLBACK_LOG_LEVEL', 'loud'],
  ['LLM_FALLBACK_SIDECAR_LOG_LEVEL', 'loud'],
  ['LLM_FALLBACK_SIDECAR_AUDIT', 'file:/tmp/audit'],
  ['LLM_FALLBACK_SIDECAR_PULL_POLICY', 'Sometimes'],
  ['LLM_FALLBACK_SIDECAR_RESOURCES', '{"requests":{"cpu":1}}'],
  ['LLM_FALLBACK_INJECTION_FAILURE_POLICY', 'fail'],
]
for (const [name, value] of bad) {
  test(`${name}=${value} is refused in one sentence that names all three`, () => {
    const reading = readSettings({ [name]: value })
    assert.equal(reading.kind, 'refused')
    if (reading.kind !== 'refused') return
    assert.equal(reading.problems.length, 1)
    const [problem = ''] = reading.problems
    assert.ok(problem.startsWith(`${name}: ${JSON.stringify(value)}; expected `), problem)
  })
}

test('a variable that nobody reads is told', () => {
  const reading = readSettings({ LLM_FALLBACK_LISTEN: '127.0.0.1:1', LLM_FALLBACK_PORT_8443_TCP: 'x' })
  assert.ok(reading.kind === 'read')
  assert.deepEqual(reading.warnings, [
    'LLM_FALLBACK_LISTEN is not a setting of the operator and has no effect',
  ])
})
