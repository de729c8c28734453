// Pods that bring annotations of ours: copies of injected pods, and such as somebody made up.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyPatch, injectionContext, samplePod } from '../../test/support/injection-kit.ts'
import { recordOf } from '../../test/support/simulated-vendors/json.ts'
import { injectPod } from './inject-pod.ts'

const brought = {
  'llmfallback.io/injection': 'injected',
  'llmfallback.io/injected-version': '9.9.9',
  'llmfallback.io/kept-variables': 'app/OPENAI_BASE_URL',
  'llmfallback.io/exposed-keys': 'app/OPENAI_API_KEY',
}

function inject(pod: unknown): unknown {
  const decision = injectPod(pod, injectionContext)
  assert.ok(decision.kind !== 'refused')
  return applyPatch(pod, decision.patch)
}

function annotationsOf(pod: unknown) {
  const { annotations } = recordOf(recordOf(pod)['metadata'])
  return Object.fromEntries(Object.entries(recordOf(annotations)).filter(([name]) => name in brought))
}

test('an injected pod says what is so, not what it said before', () => {
  assert.deepEqual(annotationsOf(inject(samplePod({}, { annotations: brought }))), {
    'llmfallback.io/injection': 'injected',
    'llmfallback.io/injected-version': '1.2.3',
    'llmfallback.io/kept-variables': '',
    'llmfallback.io/exposed-keys': '',
  })
})

test('one that is left out says that, and nothing of a sidecar', () => {
  const labels = { 'llmfallback.io/inject': 'false' }
  assert.deepEqual(annotationsOf(inject(samplePod({}, { annotations: brought, labels }))), {
    'llmfallback.io/injection': 'skipped: OptedOut',
    'llmfallback.io/injected-version': '',
    'llmfallback.io/kept-variables': '',
    'llmfallback.io/exposed-keys': '',
  })
})

test('a sidecar of an earlier version keeps the name of its version', () => {
  const injected = recordOf(inject(samplePod()))
  const metadata = recordOf(injected['metadata'])
  const annotations = { ...recordOf(metadata['annotations']), 'llmfallback.io/injected-version': '1.0.0' }
  const again = annotationsOf(inject({ ...injected, metadata: { ...metadata, annotations } }))
  assert.equal(again['llmfallback.io/injected-version'], '1.0.0')
})
