import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatAddress, parseAddress, readSettings } from './settings.ts'

const least = { LLM_FALLBACK_POLICY_DIR: '/policies' }

function problemsOf(environment: Record<string, string>): readonly string[] {
  const reading = readSettings({ ...least, ...environment })
  return reading.kind === 'refused' ? reading.problems : []
}

test('a folder is all that has to be set; the rest has its documented defaults', () => {
  const reading = readSettings(least)
  assert.equal(reading.kind, 'read')
  if (reading.kind !== 'read') return
  const { podName: _hostName, ...settings } = reading.settings
  assert.deepEqual(settings, {
    listen: { host: '127.0.0.1', port: 8787 },
    adminListen: { host: '127.0.0.1', port: 8788 },
    policySource: { kind: 'folder', directory: '/policies' },
    stateDirectory: undefined,
    namespace: undefined,
    podUid: undefined,
    podLabels: undefined,
    logLevel: 'info',
    audit: { kind: 'off' },
    drainMs: 25_000,
    maxBodyBytes: 32 * 1024 * 1024,
  })
})

test('every problem is told at once: name, value given, what is expected', () => {
  const problems = problemsOf({
    LLM_FALLBACK_LISTEN: 'everywhere',
    LLM_FALLBACK_LOG_LEVEL: 'loud',
    LLM_FALLBACK_DRAIN: '25 seconds',
    LLM_FALLBACK_MAX_BODY: '32MB',
    LLM_FALLBACK_AUDIT: 'syslog',
    LLM_FALLBACK_POD_LABELS: 'app:copilot',
  })
  assert.equal(problems.length, 6)
  for (const problem of problems) assert.match(problem, /^LLM_FALLBACK_[A-Z_]+: ".+"; expected /)
})

test('a label that stands twice is a problem: nobody knows which one was meant', () => {
  const environment = { LLM_FALLBACK_POLICY_DIR: 'x', LLM_FALLBACK_POD_LABELS: 'app=a,app=b' }
  assert.match(problemsOf(environment).join(), /^LLM_FALLBACK_POD_LABELS: "app=a,app=b"; .*each key once$/)
})

test('no source of policy is a problem', () => {
  const reading = readSettings({})
  assert.equal(reading.kind, 'refused')
  assert.match(
    reading.kind === 'refused' ? (reading.problems[0] ?? '') : '',
    /^LLM_FALLBACK_POLICY_DIR: not set; expected/,
  )
})

test('listening beyond loopback takes a second setting', () => {
  assert.match(problemsOf({ LLM_FALLBACK_LISTEN: '0.0.0.0:8787' }).join(), /LLM_FALLBACK_ALLOW_REMOTE=true/)
  assert.deepEqual(problemsOf({ LLM_FALLBACK_LISTEN: '0.0.0.0:8787', LLM_FALLBACK_ALLOW_REMOTE: 'true' }), [])
  assert.deepEqual(problemsOf({ LLM_FALLBACK_LISTEN: '[::1]:8787' }), [])
  assert.deepEqual(problemsOf({ LLM_FALLBACK_LISTEN: '127.0.0.1:0' }), [])
})

const operator = {
  LLM_FALLBACK_OPERATOR_URL: 'https://llm-fallback.llm-fallback-system.svc:8443/',
  LLM_FALLBACK_OPERATOR_CA_FILE: '/ca.crt',
  LLM_FALLBACK_OPERATOR_TOKEN_FILE: '/token',
}

test('an operator in place of a folder takes a URL, a CA file and a token file', () => {
  const reading = readSettings(operator)
  assert.deepEqual(reading.kind === 'read' && reading.settings.policySource, {
    kind: 'operator',
    url: 'https://llm-fallback.llm-fallback-system.svc:8443',
    caFile: '/ca.crt',
    tokenFile: '/token',
  })
})

test('a folder beside an operator is one problem that names both', () => {
  assert.deepEqual(problemsOf(operator), [
    'LLM_FALLBACK_POLICY_DIR: "/policies"; expected nothing beside LLM_FALLBACK_OPERATOR_URL: policy comes from a folder or from an operator',
  ])
})

test('each part of an operator that is missing is a problem of its own', () => {
  const reading = readSettings({ LLM_FALLBACK_OPERATOR_TOKEN_FILE: '/token' })
  const problems = reading.kind === 'refused' ? reading.problems : []
  assert.equal(problems.length, 2)
  assert.match(problems[0] ?? '', /^LLM_FALLBACK_OPERATOR_URL: not set; expected an https URL such as/)
  assert.match(problems[1] ?? '', /^LLM_FALLBACK_OPERATOR_CA_FILE: not set; expected the file/)
})

for (const url of ['http://127.0.0.1:8443', 'operator:8443', 'https://x/?a=b', 'https://me:pass@x']) {
  test(`${url.replace(/:pass@/, '@')} is no URL of an operator, and no password is told`, () => {
    const reading = readSettings({ ...operator, LLM_FALLBACK_OPERATOR_URL: url })
    const problems = reading.kind === 'refused' ? reading.problems : []
    assert.equal(problems.length, 1)
    assert.match(problems[0] ?? '', /^LLM_FALLBACK_OPERATOR_URL: "[^"]+"; expected an https URL/)
    assert.doesNotMatch(problems[0] ?? '', /pass/)
  })
}

test('a mistyped name is warned about; what Kubernetes sets for a Service is not', () => {
  const reading = readSettings({
    ...least,
    LLM_FALLBACK_POLICYDIR: '/x',
    LLM_FALLBACK_SERVICE_HOST: '10.0.0.1',
    LLM_FALLBACK_PORT_8443_TCP_ADDR: '10.0.0.1',
  })
  assert.deepEqual(reading.kind === 'read' && reading.warnings, [
    'LLM_FALLBACK_POLICYDIR is not a setting of the sidecar and has no effect',
  ])
})

test('sizes, durations and labels are read in their units', () => {
  const reading = readSettings({
    ...least,
    LLM_FALLBACK_MAX_BODY: '64KiB',
    LLM_FALLBACK_DRAIN: '1m30s500ms',
    LLM_FALLBACK_POD_LABELS: 'app=copilot,example.com/tier=web',
    LLM_FALLBACK_AUDIT: 'file:/var/log/audit.jsonl',
  })
  assert.equal(reading.kind, 'read')
  if (reading.kind !== 'read') return
  assert.equal(reading.settings.maxBodyBytes, 65_536)
  assert.equal(reading.settings.drainMs, 90_500)
  assert.deepEqual(reading.settings.podLabels, { app: 'copilot', 'example.com/tier': 'web' })
  assert.deepEqual(reading.settings.audit, { kind: 'file', path: '/var/log/audit.jsonl' })
})

test('an address is written as it is read, so that it fits into a URL', () => {
  for (const text of ['127.0.0.1:8787', 'localhost:0', '[::1]:8788']) {
    assert.equal(formatAddress(parseAddress(text, 'loopback')), text)
  }
})
