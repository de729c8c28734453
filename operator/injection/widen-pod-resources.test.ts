import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { applyPatch, injectionContext, samplePod } from '../../test/support/injection-kit.ts'
import { recordOf, recordsOf } from '../../test/support/simulated-vendors/json.ts'
import { injectPod } from './inject-pod.ts'
import { widenPodResources } from './widen-pod-resources.ts'

/** After the injection. */
function resourcesOf(resources: unknown): unknown {
  const pod = samplePod({ resources })
  const decision = injectPod(pod, injectionContext)
  assert.ok(decision.kind === 'injected')
  return recordOf(recordOf(applyPatch(pod, decision.patch))['spec'])['resources']
}

test('what the pod says for all containers grows by what the sidecar needs', () => {
  assert.deepEqual(
    resourcesOf({ requests: { cpu: '100m', memory: '1Gi' }, limits: { cpu: '1.5', memory: '2G' } }),
    { requests: { cpu: '150m', memory: '1174405120' }, limits: { cpu: '2500m', memory: '2268435456' } },
  )
})

test('what it says nothing about stays unsaid, and what else it says stays as it is', () => {
  assert.deepEqual(resourcesOf({ limits: { 'hugepages-2Mi': '4Mi', memory: '1e9' } }), {
    limits: { 'hugepages-2Mi': '4Mi', memory: '1268435456' },
  })
  assert.equal(resourcesOf(undefined), undefined)
})

test('a pod that is asked about again does not grow again', () => {
  const pod = samplePod({ resources: { requests: { cpu: '1' } } })
  const decision = injectPod(pod, injectionContext)
  assert.ok(decision.kind === 'injected')
  const injected = recordOf(applyPatch(pod, decision.patch))
  const spec = recordOf(injected['spec'])
  const later = {
    ...injected,
    spec: { ...spec, containers: [...recordsOf(spec['containers']), { name: 'b' }] },
  }
  const again = injectPod(later, injectionContext)
  assert.ok(again.kind === 'injected')
  assert.ok(!again.patch.some(({ path }) => path.startsWith('/spec/resources')))
})

test('sums are exact to the thousandth, and never less than both', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 64_000 }), (one, other) => {
      const spec = { resources: { requests: { cpu: `${one}m` } } }
      const needed = { requests: { cpu: `${other}m` }, limits: {} }
      const [{ value } = { value: undefined }] = widenPodResources(spec, needed)
      const sum = one + other
      assert.equal(value, sum % 1000 === 0 ? String(sum / 1000) : `${sum}m`)
    }),
  )
})

test('what is no quantity is left to Kubernetes', () => {
  for (const cpu of ['', 'much', '1 m', '-1', null, {}, ['1'], '1Qi']) {
    assert.deepEqual(
      widenPodResources({ resources: { requests: { cpu } } }, { requests: { cpu: '1' }, limits: {} }),
      [],
    )
  }
})
