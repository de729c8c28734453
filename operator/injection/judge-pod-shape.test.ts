import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  applyPatch,
  injectionContext,
  injectionSettings,
  samplePod,
} from '../../test/support/injection-kit.ts'
import { recordOf, recordsOf } from '../../test/support/simulated-vendors/json.ts'
import { repositoryOf } from './image-repository.ts'
import { injectPod } from './inject-pod.ts'
import { judgePodShape, type ShapeRules } from './judge-pod-shape.ts'

type Fields = Readonly<Record<string, unknown>>

const repository = repositoryOf(injectionSettings.image)
const strict: ShapeRules = { audience: 'llm-fallback', sidecarImage: { kind: 'known', repository } }
const lenient: ShapeRules = { audience: 'llm-fallback', sidecarImage: { kind: 'any' } }

const decision = injectPod(samplePod(), injectionContext)
const injected = recordOf(decision.kind === 'refused' ? {} : applyPatch(samplePod(), decision.patch))
const spec = recordOf(injected['spec'])
const [sidecar = {}] = recordsOf(spec['initContainers'])

const withSpec = (more: Fields) => ({ ...injected, spec: { ...spec, ...more } })
const withSidecar = (more: Fields) => withSpec({ initContainers: [{ ...sidecar, ...more }] })
const withVariable = (variable: Fields) =>
  withSidecar({
    env: [...recordsOf(sidecar['env']).filter(({ name }) => name !== variable['name']), variable],
  })
const withMount = (mount: Fields) =>
  withSidecar({ volumeMounts: [...recordsOf(sidecar['volumeMounts']), mount] })
const withPrivilege = (privilege: Fields) =>
  withSidecar({ securityContext: { ...recordOf(sidecar['securityContext']), ...privilege } })
const thief = (name: string) => ({ name: 'thief', volumeMounts: [{ name, mountPath: '/x' }] })
const foreignToken = {
  name: 'mine',
  projected: { sources: [{ serviceAccountToken: { audience: 'llm-fallback', path: 't' } }] },
}

function codeOf(pod: unknown, rules: ShapeRules): string {
  const verdict = judgePodShape(pod, rules)
  return verdict.kind === 'sound' ? 'sound' : verdict.code
}

test('a pod as it is injected is sound', () => {
  assert.deepEqual(judgePodShape(injected, strict), { kind: 'sound' })
  assert.deepEqual(judgePodShape(injected, lenient), { kind: 'sound' })
})

const always: readonly (readonly [string, Fields])[] = [
  ['SharedProcesses', withSpec({ shareProcessNamespace: true })],
  ['HostProcesses', withSpec({ hostPID: true })],
  ['TokenShared', withSpec({ containers: [thief('llm-fallback-identity')] })],
  ['TokenShared', withSpec({ volumes: [foreignToken], containers: [thief('mine')] })],
  ['TokenShared', withSpec({ initContainers: [sidecar, thief('llm-fallback-identity')] })],
  ['TokenShared', withSpec({ ephemeralContainers: [thief('llm-fallback-identity')] })],
  ['StateShared', withSpec({ containers: [thief('llm-fallback-state')] })],
  [
    'SidecarDebugged',
    withSpec({ ephemeralContainers: [{ name: 'debug', targetContainerName: 'llm-fallback' }] }),
  ],
  ['SameUser', withSpec({ containers: [{ name: 'app', securityContext: { runAsUser: 64787 } }] })],
  ['SameUser', withSpec({ securityContext: { runAsUser: 64787 } })],
]
for (const [code, pod] of always) {
  test(`${code} is unsound whichever image is ours: ${JSON.stringify(pod['spec']).length} bytes`, () => {
    assert.equal(codeOf(pod, lenient), code)
    assert.equal(codeOf(pod, strict), code)
  })
}

const forged: readonly (readonly [string, string, Fields])[] = [
  ['SidecarMissing', 'no sidecar', samplePod()],
  ['SidecarImage', 'another image', withSidecar({ image: 'registry.example:5000/evil/sidecar:1.2.3' })],
  ['SidecarImage', 'another registry', withSidecar({ image: 'registry.example/llm-fallback/sidecar' })],
  ['SidecarProgram', 'a command', withSidecar({ command: ['node', '-e', '1'] })],
  ['SidecarProgram', 'arguments', withSidecar({ args: ['-e', '1'] })],
  ['SidecarProgram', 'a hook', withSidecar({ lifecycle: { preStop: { exec: { command: ['x'] } } } })],
  [
    'SidecarProgram',
    'a probe that runs something',
    withSidecar({ livenessProbe: { exec: { command: ['x'] } } }),
  ],
  ['SidecarProgram', 'an end', withSidecar({ restartPolicy: undefined })],
  ['SidecarProgram', 'unseen variables', withSidecar({ envFrom: [{ configMapRef: { name: 'c' } }] })],
  ['SidecarVariables', 'code to load', withVariable({ name: 'NODE_OPTIONS', value: '--require /x' })],
  ['SidecarVariables', 'a library to load', withVariable({ name: 'LD_PRELOAD', value: '/x.so' })],
  ['SidecarVariables', 'a policy of its own', withVariable({ name: 'LLM_FALLBACK_POLICY_DIR', value: '/x' })],
  ['SidecarVariables', 'trust', withVariable({ name: 'LLM_FALLBACK_OPERATOR_CA_FILE', value: '/x' })],
  [
    'SidecarVariables',
    'another identity',
    withVariable({
      name: 'LLM_FALLBACK_POD_UID',
      valueFrom: { fieldRef: { fieldPath: "metadata.labels['x']" } },
    }),
  ],
  ['SidecarVariables', 'none', withSidecar({ env: [] })],
  ['SidecarMounts', 'a program over ours', withMount({ name: 'data', mountPath: '/app' })],
  ['SidecarMounts', 'none', withSidecar({ volumeMounts: [] })],
  [
    'SidecarMounts',
    'a way out of the folder',
    withMount({ name: 'data', mountPath: '/var/run/secrets/../../app' }),
  ],
  [
    'SidecarMounts',
    'another authority',
    withSpec({
      volumes: recordsOf(spec['volumes']).map(volume =>
        volume['name'] === 'llm-fallback-identity'
          ? {
              ...volume,
              projected: {
                sources: [
                  { serviceAccountToken: { audience: 'llm-fallback', path: 'token' } },
                  { configMap: { name: 'mine' } },
                ],
              },
            }
          : volume,
      ),
    }),
  ],
  [
    'SidecarMounts',
    'state that others can write',
    withSpec({
      volumes: recordsOf(spec['volumes']).map(volume =>
        volume['name'] === 'llm-fallback-state' ? { name: volume['name'], hostPath: { path: '/x' } } : volume,
      ),
    }),
  ],
  ['SidecarPrivileges', 'privileged', withPrivilege({ privileged: true })],
  ['SidecarPrivileges', 'escalation', withPrivilege({ allowPrivilegeEscalation: true })],
  ['SidecarPrivileges', 'root', withPrivilege({ runAsNonRoot: false })],
  ['SidecarPrivileges', 'a root that can be written', withPrivilege({ readOnlyRootFilesystem: undefined })],
  [
    'SidecarPrivileges',
    'capabilities',
    withPrivilege({ capabilities: { drop: ['ALL'], add: ['SYS_PTRACE'] } }),
  ],
]
for (const [code, what, pod] of forged) {
  test(`a sidecar with ${what} is no sidecar of ours`, () => {
    assert.equal(codeOf(pod, strict), code)
    assert.equal(codeOf(pod, lenient), 'sound')
  })
}

const allowed: readonly (readonly [string, Fields])[] = [
  ['an earlier version', withSidecar({ image: `${repository}:1.0.0` })],
  ['a digest', withSidecar({ image: `${repository}@sha256:${'a'.repeat(64)}` })],
  ['variables of a cloud', withVariable({ name: 'AWS_ROLE_ARN', value: 'arn' })],
  [
    'the address of another operator',
    withVariable({ name: 'LLM_FALLBACK_OPERATOR_URL', value: 'https://o' }),
  ],
  [
    'a token of a cloud',
    withMount({ name: 'iam', mountPath: '/var/run/secrets/eks.amazonaws.com/serviceaccount' }),
  ],
  [
    'a debugger beside the app',
    withSpec({ ephemeralContainers: [{ name: 'd', targetContainerName: 'app' }] }),
  ],
  ['a token for somebody else', withSpec({ containers: [thief('kube-api-access')] })],
]
for (const [what, pod] of allowed) {
  test(`a sidecar with ${what} is sound`, () => {
    assert.deepEqual(judgePodShape(pod, strict), { kind: 'sound' })
  })
}

test('an app container of that name is a stranger', () => {
  const pod = withSpec({ initContainers: [], containers: [sidecar] })
  assert.deepEqual([codeOf(pod, strict), codeOf(pod, lenient)], ['SidecarMissing', 'TokenShared'])
})

test('garbage gets a verdict, and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(strict, lenient), (value, rules) => {
      assert.ok(['sound', 'unsound'].includes(judgePodShape({ spec: value }, rules).kind))
    }),
  )
})
