import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSettings } from '../settings.ts'
import { judgePodsBy } from './judge-pods.ts'

function judge(environment: Readonly<Record<string, string>>, pod: unknown): string {
  const reading = readSettings(environment)
  assert.equal(reading.kind, 'read')
  return reading.kind === 'read' ? judgePodsBy(reading.settings)(pod) : ''
}

const pod = {
  spec: { containers: [{ name: 'app' }], initContainers: [{ name: 'llm-fallback', image: 'x/y:1' }] },
}

test('a pod is unsound in one line of text, that names what is wrong', () => {
  assert.match(judge({}, { spec: { ...pod.spec, hostPID: true } }), /^[A-Z]\w+: spec\.hostPID: [^\n]+$/)
  assert.equal(judge({}, pod), '')
})

test('only where somebody said which image is ours, another one gets no keys', () => {
  assert.match(judge({ LLM_FALLBACK_SIDECAR_IMAGE: 'ours/sidecar:1.0.0' }, pod), /^SidecarImage: /)
})
