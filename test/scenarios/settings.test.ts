import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startProgram } from '../support/child-process.ts'

async function runWith(environment: Readonly<Record<string, string>>) {
  const program = await startProgram({ entry: 'sidecar/main.ts', environment })
  const end = await program.ended
  return { code: end.code, stderr: program.stderr() }
}

test('a wrong setting ends the sidecar with 2 and one sentence for each', async () => {
  const { code, stderr } = await runWith({
    LLM_FALLBACK_POLICY_DIR: 'anywhere',
    LLM_FALLBACK_LISTEN: 'everywhere',
    LLM_FALLBACK_DRAIN: 'a while',
    LLM_FALLBACK_MAX_BODY: '-1',
  })
  assert.equal(code, 2)
  const sentences = stderr.trim().split('\n')
  for (const [name, value] of [
    ['LLM_FALLBACK_LISTEN', 'everywhere'],
    ['LLM_FALLBACK_DRAIN', 'a while'],
    ['LLM_FALLBACK_MAX_BODY', '-1'],
  ] as const) {
    assert.ok(
      sentences.some(sentence => sentence.includes(name) && sentence.includes(value)),
      name,
    )
  }
  assert.equal(sentences.length, 3)
})

test('an audit file that cannot be written ends it, before a request goes unrecorded', async () => {
  const { code, stderr } = await runWith({
    LLM_FALLBACK_POLICY_DIR: 'anywhere',
    LLM_FALLBACK_AUDIT: 'file:/nowhere/at/all/audit.jsonl',
  })
  assert.equal(code, 2)
  assert.equal(
    stderr,
    'LLM_FALLBACK_AUDIT: "file:/nowhere/at/all/audit.jsonl"; expected a file that can be written to (ENOENT)\n',
  )
})

test('an address that others can reach needs to be allowed', async () => {
  const { code, stderr } = await runWith({
    LLM_FALLBACK_POLICY_DIR: 'anywhere',
    LLM_FALLBACK_LISTEN: '0.0.0.0:0',
  })
  assert.equal(code, 2)
  assert.match(stderr, /LLM_FALLBACK_ALLOW_REMOTE/)
})

test('without a source of policy it does not start', async () => {
  const { code, stderr } = await runWith({})
  assert.equal(code, 2)
  assert.match(stderr, /LLM_FALLBACK_POLICY_DIR/)
})
