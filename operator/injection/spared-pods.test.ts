// Pods that are not injected: those that cannot be, and those that must not be.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyPatch, injectionContext, podWith, samplePod } from '../../test/support/injection-kit.ts'
import { recordOf } from '../../test/support/simulated-vendors/json.ts'
import { type InjectionContext, injectPod } from './inject-pod.ts'

type Fields = Readonly<Record<string, unknown>>

const onNodesWith = (...matchExpressions: Fields[]) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
    },
  },
})
const windowsUser = { windowsOptions: { runAsUserName: 'ContainerUser' } }
const onSystem = (...values: string[]) => ({ key: 'kubernetes.io/os', operator: 'In', values })

const skips: readonly (readonly [string, Fields, Partial<InjectionContext>?])[] = [
  ['OptedOut', samplePod({ hostNetwork: true }, { labels: { 'llmfallback.io/inject': 'false' } })],
  ['StaticPod', samplePod({}, { annotations: { 'kubernetes.io/config.mirror': 'a1' } })],
  ['HostNetwork', samplePod({ hostNetwork: true, shareProcessNamespace: true })],
  ['Windows', samplePod({ os: { name: 'windows' } })],
  ['Windows', samplePod({ nodeSelector: { 'kubernetes.io/os': 'windows' } })],
  ['Windows', samplePod(onNodesWith({ key: 'gpu', operator: 'Exists' }, onSystem('windows')))],
  ['Windows', samplePod({ securityContext: windowsUser })],
  ['Windows', podWith({ securityContext: windowsUser })],
  ['UnsupportedKubernetes', samplePod(), { kubernetes: { kind: 'known', major: 1, minor: 28 } }],
  ['PortConflict', podWith({ ports: [{ containerPort: 8080 }, { containerPort: 8787 }] })],
  ['PortConflict', podWith({ ports: [{ containerPort: 8788, protocol: 'TCP' }] })],
]
for (const [code, pod, context] of skips) {
  test(`${code}: nothing but an annotation that says so (${JSON.stringify(pod['spec'])})`, () => {
    const decision = injectPod(pod, { ...injectionContext, ...context })
    assert.ok(decision.kind === 'skipped')
    assert.equal(decision.code, code)
    const { metadata, spec } = recordOf(applyPatch(pod, decision.patch))
    assert.equal(recordOf(recordOf(metadata)['annotations'])['llmfallback.io/injection'], `skipped: ${code}`)
    assert.deepEqual(spec, pod['spec'])
  })
}

test('a pod that may come to a node with Linux is no pod for Windows', () => {
  for (const one of [
    onSystem('linux'),
    onSystem('windows', 'linux'),
    { ...onSystem('windows'), operator: 'NotIn' },
  ]) {
    assert.equal(injectPod(samplePod(onNodesWith(one)), injectionContext).code, 'injected')
  }
  const chosen = { nodeSelector: { 'kubernetes.io/os': 'linux' }, securityContext: windowsUser }
  assert.equal(injectPod(samplePod(chosen), injectionContext).code, 'injected')
})

test('UDP on our port is no conflict', () => {
  const pod = podWith({ ports: [{ containerPort: 8787, protocol: 'UDP' }] })
  assert.equal(injectPod(pod, injectionContext).code, 'injected')
})

const token = { sources: [{ serviceAccountToken: { audience: 'llm-fallback', path: 't' } }] }
const refusals: readonly (readonly [string, Fields, RegExp])[] = [
  [
    'SharedProcesses',
    samplePod({ shareProcessNamespace: true }),
    /^spec\.shareProcessNamespace: .*remove it/,
  ],
  ['HostProcesses', samplePod({ hostPID: true }), /^spec\.hostPID/],
  [
    'NameTaken',
    samplePod({ containers: [{ name: 'llm-fallback', image: 'x' }] }),
    /^spec\.containers\[0\]\.name/,
  ],
  ['NameTaken', samplePod({ volumes: [{ name: 'llm-fallback-state' }] }), /^spec\.volumes\[0\]\.name/],
  [
    'TokenShared',
    samplePod({
      volumes: [{ name: 'mine', projected: token }],
      containers: [{ name: 'thief', volumeMounts: [{ name: 'mine', mountPath: '/t' }] }],
    }),
    /^container thief mounts a token for llm-fallback/,
  ],
  [
    'SidecarImage',
    samplePod({ initContainers: [{ name: 'llm-fallback', image: 'x' }] }),
    /runs another image/,
  ],
]
for (const [code, pod, words] of refusals) {
  test(`${code} is refused with a sentence and a way out`, () => {
    const decision = injectPod(pod, injectionContext)
    assert.ok(decision.kind === 'refused')
    assert.equal(decision.code, code)
    assert.match(decision.message, words)
    assert.match(decision.message, /label it llmfallback\.io\/inject="false"/)
  })
}
