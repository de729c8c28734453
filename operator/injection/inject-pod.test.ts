import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  applyPatch,
  injectionContext,
  injectionSettings,
  podWith,
  samplePod,
} from '../../test/support/injection-kit.ts'
import { recordOf, recordsOf } from '../../test/support/simulated-vendors/json.ts'
import { type InjectionContext, injectPod } from './inject-pod.ts'
import { isPlaceholder } from './placeholder.ts'

type Fields = Readonly<Record<string, unknown>>

function inject(pod: unknown, context: Partial<InjectionContext> = {}) {
  const decision = injectPod(pod, { ...injectionContext, ...context })
  assert.notEqual(decision.kind, 'refused', JSON.stringify(decision))
  const result = decision.kind === 'refused' ? pod : applyPatch(pod, decision.patch)
  const spec = recordOf(recordOf(result)['spec'])
  return {
    decision,
    pod: result,
    spec,
    annotations: recordOf(recordOf(recordOf(result)['metadata'])['annotations']),
    sidecar: recordOf(recordsOf(spec['initContainers']).find(({ name }) => name === 'llm-fallback')),
  }
}

function variablesOf(container: Fields | undefined): Readonly<Record<string, unknown>> {
  return Object.fromEntries(recordsOf(container?.['env']).map(({ name, value }) => [String(name), value]))
}

test('an administrator decides how much the sidecar writes, and such a pod still is as it should be', () => {
  const settings = { ...injectionSettings, logLevel: 'warn', audit: 'stdout' }
  const { pod, sidecar } = inject(samplePod(), { settings })
  const variables = variablesOf(sidecar)
  assert.equal(variables['LLM_FALLBACK_LOG_LEVEL'], 'warn')
  assert.equal(variables['LLM_FALLBACK_AUDIT'], 'stdout')
  const again = injectPod(pod, { ...injectionContext, settings: injectionSettings })
  assert.equal(again.code, 'AlreadyInjected')
  assert.equal(variablesOf(inject(samplePod()).sidecar)['LLM_FALLBACK_AUDIT'], undefined)
})

test('the sidecar is a native one, first among the init containers, with all that it needs', () => {
  const { spec, sidecar } = inject(samplePod({ initContainers: [{ name: 'migrate', image: 'm' }] }))
  assert.deepEqual(
    recordsOf(spec['initContainers']).map(({ name }) => name),
    ['llm-fallback', 'migrate'],
  )
  const { env: _env, securityContext, ...rest } = sidecar
  assert.deepEqual(rest, {
    name: 'llm-fallback',
    image: 'registry.example:5000/llm-fallback/sidecar:1.2.3',
    imagePullPolicy: 'IfNotPresent',
    restartPolicy: 'Always',
    ports: [{ name: 'llm-fallback', containerPort: 8788, protocol: 'TCP' }],
    startupProbe: {
      httpGet: { path: '/readyz', port: 8788 },
      periodSeconds: 1,
      timeoutSeconds: 1,
      failureThreshold: 300,
    },
    livenessProbe: {
      httpGet: { path: '/livez', port: 8788 },
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
    resources: { requests: { cpu: '50m', memory: '96Mi' }, limits: { cpu: '1', memory: '256Mi' } },
    volumeMounts: [
      { name: 'llm-fallback-identity', mountPath: '/var/run/llm-fallback', readOnly: true },
      { name: 'llm-fallback-state', mountPath: '/var/lib/llm-fallback' },
    ],
  })
  assert.deepEqual(securityContext, {
    runAsNonRoot: true,
    runAsUser: 64787,
    runAsGroup: 64787,
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  })
})

test('the sidecar knows its operator and its pod, and logs as it is told', () => {
  const { sidecar } = inject(samplePod())
  const { LLM_FALLBACK_POD_UID: uid, ...variables } = variablesOf(sidecar)
  assert.equal(uid, undefined)
  assert.deepEqual(variables, {
    LLM_FALLBACK_OPERATOR_URL: 'https://llm-fallback.llm-fallback-system.svc:8443',
    LLM_FALLBACK_OPERATOR_CA_FILE: '/var/run/llm-fallback/ca.crt',
    LLM_FALLBACK_OPERATOR_TOKEN_FILE: '/var/run/llm-fallback/token',
    LLM_FALLBACK_STATE_DIR: '/var/lib/llm-fallback',
    LLM_FALLBACK_ADMIN_LISTEN: '0.0.0.0:8788',
    LLM_FALLBACK_NAMESPACE: undefined,
    LLM_FALLBACK_POD_NAME: undefined,
  })
  const paths = recordsOf(sidecar['env']).flatMap(
    ({ valueFrom }) => recordOf(recordOf(valueFrom)['fieldRef'])['fieldPath'] ?? [],
  )
  assert.deepEqual(paths, ['metadata.namespace', 'metadata.name', 'metadata.uid'])
  const settings = { ...injectionContext.settings, logLevel: 'debug' }
  assert.equal(variablesOf(inject(samplePod(), { settings }).sidecar)['LLM_FALLBACK_LOG_LEVEL'], 'debug')
})

test('the token and the authority come in one volume, the state is in memory', () => {
  const { spec } = inject(samplePod({ volumes: [{ name: 'data', emptyDir: {} }] }))
  assert.deepEqual(spec['volumes'], [
    { name: 'data', emptyDir: {} },
    {
      name: 'llm-fallback-identity',
      projected: {
        sources: [
          { serviceAccountToken: { audience: 'llm-fallback', expirationSeconds: 3600, path: 'token' } },
          { configMap: { name: 'llm-fallback-ca', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        ],
      },
    },
    { name: 'llm-fallback-state', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
  ])
})

test('app and init containers are given the variables, the sidecar is not', () => {
  const { spec, sidecar } = inject(samplePod({ initContainers: [{ name: 'migrate', image: 'm' }] }))
  const [, migrate] = recordsOf(spec['initContainers'])
  const [app] = recordsOf(spec['containers'])
  for (const container of [migrate, app]) {
    assert.equal(variablesOf(container)['OPENAI_BASE_URL'], 'http://127.0.0.1:8787/v1')
  }
  assert.ok(!('OPENAI_BASE_URL' in variablesOf(sidecar)))
})

test('the pod says what was done, by which version, which container is the app, and that it may be moved', () => {
  const key = { name: 'OPENAI_API_KEY', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }
  const { annotations, decision } = inject(
    podWith({ env: [key, { name: 'GROQ_BASE_URL', value: 'https://g' }] }),
  )
  assert.deepEqual(annotations, {
    'llmfallback.io/injection': 'injected',
    'llmfallback.io/injected-version': '1.2.3',
    'llmfallback.io/kept-variables': 'app/GROQ_BASE_URL',
    'llmfallback.io/exposed-keys': 'app/OPENAI_API_KEY',
    'kubectl.kubernetes.io/default-container': 'app',
    'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes': 'llm-fallback-state',
  })
  assert.ok(decision.kind === 'injected')
  assert.equal(decision.warnings.length, 2)
  assert.match(
    decision.warnings.join(),
    /can read provider keys in OPENAI_API_KEY.*keeps its own GROQ_BASE_URL/,
  )
})

test('annotations that people set stay, and lists are added to', () => {
  const { annotations } = inject(
    samplePod(
      {},
      {
        annotations: {
          'kubectl.kubernetes.io/default-container': 'other',
          'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes': 'cache, scratch',
          'team~a/x': 'y',
        },
      },
    ),
  )
  assert.equal(annotations['kubectl.kubernetes.io/default-container'], 'other')
  assert.equal(
    annotations['cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes'],
    'cache,scratch,llm-fallback-state',
  )
  assert.equal(annotations['team~a/x'], 'y')
})

test('no container of the pod runs as the user of the sidecar', () => {
  const users = {
    securityContext: { runAsUser: 64787 },
    containers: [{ securityContext: { runAsUser: 64788 } }],
  }
  assert.equal(recordOf(inject(samplePod(users)).sidecar['securityContext'])['runAsUser'], 64789)
})

test('on OpenShift it is the second user of the range of the namespace, in either form', () => {
  for (const openShiftUsers of ['1000680000/10000', '1000680000-1000689999']) {
    const { sidecar } = inject(samplePod(), { openShiftUsers })
    assert.equal(recordOf(sidecar['securityContext'])['runAsUser'], 1000680001)
    assert.equal(recordOf(sidecar['securityContext'])['runAsGroup'], 1000680001)
  }
})

test('a container that another webhook adds afterwards is given its variables, and nothing else moves', () => {
  const { pod } = inject(samplePod())
  const spec = recordOf(recordOf(pod)['spec'])
  const later = {
    ...recordOf(pod),
    spec: { ...spec, containers: [...recordsOf(spec['containers']), { name: 'mesh' }] },
  }
  const again = inject(later)
  assert.equal(again.decision.code, 'AlreadyInjected')
  const [app, mesh] = recordsOf(again.spec['containers'])
  assert.ok(isPlaceholder('OPENAI_API_KEY', String(variablesOf(mesh)['OPENAI_API_KEY'])))
  assert.deepEqual(app, recordsOf(spec['containers'])[0])
  assert.deepEqual(again.spec['initContainers'], spec['initContainers'])
  assert.deepEqual(again.spec['volumes'], spec['volumes'])
})
