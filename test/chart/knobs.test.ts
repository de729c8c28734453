// Where each value of the chart ends up.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonRecord } from '../support/simulated-vendors/json.ts'
import { at, find, podOf, render, settingsOf, version } from './sample-charts.ts'

const digest = `sha256:${'a'.repeat(64)}`

interface Knob {
  readonly values: object
  readonly kind?: string
  /** In the object of that kind; absent: in the pod of the operator. */
  readonly path: string
  readonly is: unknown
}

const knobs: readonly Knob[] = [
  { values: { replicas: 5 }, kind: 'Deployment', path: 'spec.replicas', is: 5 },
  { values: { runAsUser: 1000 }, path: 'securityContext.runAsUser', is: 1000 },
  { values: { runAsUser: null }, path: 'securityContext.runAsUser', is: undefined },
  { values: { runAsUser: '' }, path: 'securityContext.runAsUser', is: undefined },
  { values: { hostNetwork: true }, path: 'hostNetwork', is: true },
  { values: { hostNetwork: true }, path: 'dnsPolicy', is: 'ClusterFirstWithHostNet' },
  { values: { terminationGracePeriodSeconds: 60 }, path: 'terminationGracePeriodSeconds', is: 60 },
  { values: { priorityClassName: 'high' }, path: 'priorityClassName', is: 'high' },
  { values: { priorityClass: { create: true } }, path: 'priorityClassName', is: 'llm-fallback' },
  { values: { priorityClass: { create: true, value: 7 } }, kind: 'PriorityClass', path: 'value', is: 7 },
  { values: { nodeSelector: { disk: 'ssd' } }, path: 'nodeSelector.disk', is: 'ssd' },
  { values: { tolerations: [{ operator: 'Exists' }] }, path: 'tolerations', is: [{ operator: 'Exists' }] },
  { values: { affinity: { nodeAffinity: {} } }, path: 'affinity', is: { nodeAffinity: {} } },
  { values: { topologySpread: [] }, path: 'topologySpreadConstraints', is: undefined },
  { values: { imagePullSecrets: ['one'] }, path: 'imagePullSecrets', is: [{ name: 'one' }] },
  {
    values: { imagePullSecrets: [{ name: 'one' }], global: { imagePullSecrets: ['two', 'one'] } },
    path: 'imagePullSecrets',
    is: [{ name: 'one' }, { name: 'two' }],
  },
  { values: { resources: { limits: { cpu: 2 } } }, path: 'containers.0.resources.limits.cpu', is: 2 },
  {
    values: { images: { operator: { pullPolicy: 'Always' } } },
    path: 'containers.0.imagePullPolicy',
    is: 'Always',
  },
  {
    values: { podDisruptionBudget: { maxUnavailable: 2 } },
    kind: 'PodDisruptionBudget',
    path: 'spec.maxUnavailable',
    is: 2,
  },
  {
    values: { serviceAccount: { annotations: { 'cloud.example/role': 'reader' } } },
    kind: 'ServiceAccount',
    path: 'metadata.annotations',
    is: { 'cloud.example/role': 'reader' },
  },
  {
    values: { podLabels: { team: 'platform' } },
    kind: 'Deployment',
    path: 'spec.template.metadata.labels.team',
    is: 'platform',
  },
  {
    values: { podAnnotations: { note: 'x' } },
    kind: 'Deployment',
    path: 'spec.template.metadata.annotations.note',
    is: 'x',
  },
  {
    values: { networkPolicy: { enabled: true, apiServerPorts: [16443] } },
    kind: 'NetworkPolicy',
    path: 'spec.egress.1.ports',
    is: [{ port: 16443, protocol: 'TCP' }],
  },
  {
    values: { networkPolicy: { enabled: true, adminFrom: [{ podSelector: {} }] } },
    kind: 'NetworkPolicy',
    path: 'spec.ingress.2.from',
    is: [{ podSelector: {} }],
  },
]

for (const { values, kind, path, is } of knobs) {
  test(`${JSON.stringify(values)} is ${kind ?? 'pod'} ${path}`, async () => {
    const objects = await render({ values })
    assert.deepEqual(at(kind === undefined ? podOf(objects) : find(objects, kind), path), is)
  })
}

const imageOf = (objects: readonly JsonRecord[]) => ({
  operator: at(podOf(objects), 'containers.0.image'),
  sidecar: settingsOf(objects)['LLM_FALLBACK_SIDECAR_IMAGE'],
})

test('images come from another registry, under another tag or by their digest', async () => {
  const from = async (values: object) => imageOf(await render({ values }))
  assert.deepEqual(await from({ images: { operator: { tag: 'x' }, sidecar: { digest } } }), {
    operator: 'ghcr.io/llm-fallback/operator:x',
    sidecar: `ghcr.io/llm-fallback/sidecar@${digest}`,
  })
  assert.deepEqual(await from({ images: { operator: { tag: 'x', digest }, sidecar: { registry: '' } } }), {
    operator: `ghcr.io/llm-fallback/operator:x@${digest}`,
    sidecar: `llm-fallback/sidecar:${version}`,
  })
  const mirror = { global: { imageRegistry: 'mirror.example:5000/hub' } }
  assert.deepEqual(await from(mirror), {
    operator: `mirror.example:5000/hub/llm-fallback/operator:${version}`,
    sidecar: `mirror.example:5000/hub/llm-fallback/sidecar:${version}`,
  })
})

test('settings reach the operator under the names that it reads', async () => {
  const objects = await render({
    values: {
      credentialNamespaces: ['zone-keys', { namespace: 'llm-keys', secrets: ['openai'] }],
      injection: { failurePolicy: 'Ignore' },
      sidecar: { logLevel: 'debug', audit: 'stdout', resources: { requests: { cpu: '75m' } } },
      images: { sidecar: { pullPolicy: 'Never' } },
      logLevel: 'warn',
      tokenAudience: 'ours',
      pushUrl: 'https://push.example:8443',
      listenAddress: '::',
    },
  })
  assert.deepEqual(settingsOf(objects), {
    // From the pod itself: see the test of Kustomize.
    LLM_FALLBACK_NAMESPACE: undefined,
    LLM_FALLBACK_WEBHOOK_LISTEN: '[::]:9443',
    LLM_FALLBACK_PUSH_LISTEN: '[::]:8443',
    LLM_FALLBACK_ADMIN_LISTEN: '[::]:8080',
    LLM_FALLBACK_PUSH_URL: 'https://push.example:8443',
    LLM_FALLBACK_TOKEN_AUDIENCE: 'ours',
    LLM_FALLBACK_CREDENTIAL_NAMESPACES: 'llm-keys,zone-keys',
    LLM_FALLBACK_LOG_LEVEL: 'warn',
    LLM_FALLBACK_INJECTION_FAILURE_POLICY: 'Ignore',
    LLM_FALLBACK_SIDECAR_IMAGE: `ghcr.io/llm-fallback/sidecar:${version}`,
    LLM_FALLBACK_SIDECAR_PULL_POLICY: 'Never',
    LLM_FALLBACK_SIDECAR_RESOURCES:
      '{"limits":{"cpu":"1","memory":"256Mi"},"requests":{"cpu":"75m","memory":"96Mi"}}',
    LLM_FALLBACK_SIDECAR_LOG_LEVEL: 'debug',
    LLM_FALLBACK_SIDECAR_AUDIT: 'stdout',
  })
})

test('resources of the sidecar are texts, however they were written', async () => {
  const resources = { requests: { cpu: 0.5, memory: 134217728 }, limits: { cpu: 2, memory: '1Gi' } }
  const settings = settingsOf(await render({ values: { sidecar: { resources } } }))
  assert.deepEqual(JSON.parse(String(settings['LLM_FALLBACK_SIDECAR_RESOURCES'])), {
    requests: { cpu: '0.5', memory: '134217728' },
    limits: { cpu: '2', memory: '1Gi' },
  })
})
