// Containers that are called like ours and are something else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  codeOf,
  lenient,
  sidecar,
  spec,
  strict,
  withIdentity,
  withMount,
  withPrivilege,
  withSidecar,
  withSpec,
  withVariable,
} from '../../test/support/injected-pods.ts'
import { samplePod } from '../../test/support/injection-kit.ts'
import { recordsOf } from '../../test/support/simulated-vendors/json.ts'

type Fields = Readonly<Record<string, unknown>>

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
  [
    'SidecarVariables',
    'the address of another operator',
    withVariable({ name: 'LLM_FALLBACK_OPERATOR_URL', value: 'https://o' }),
  ],
  [
    'SidecarVariables',
    'an address that is put together',
    withVariable({ name: 'LLM_FALLBACK_OPERATOR_URL', value: '$(OTHER)' }),
  ],
  [
    'SidecarVariables',
    'a door for others',
    withVariable({ name: 'LLM_FALLBACK_ALLOW_REMOTE', value: 'true' }),
  ],
  ['SidecarVariables', 'another door', withVariable({ name: 'LLM_FALLBACK_LISTEN', value: '0.0.0.0:8787' })],
  ['SidecarVariables', 'a domain to search', withVariable({ name: 'LOCALDOMAIN', value: 'evil.example' })],
  ['SidecarVariables', 'none', withSidecar({ env: [] })],
  ['SidecarMounts', 'a program over ours', withMount({ name: 'data', mountPath: '/app' })],
  ['SidecarMounts', 'none', withSidecar({ volumeMounts: [] })],
  [
    'SidecarMounts',
    'a way out of the folder',
    withMount({ name: 'data', mountPath: '/var/run/secrets/../../app' }),
  ],
  ['SidecarMounts', 'another authority', withIdentity({}, { name: 'mine' })],
  [
    'SidecarMounts',
    'a key of the ConfigMap that the operator does not keep',
    withIdentity({}, { items: [{ key: 'mine', path: 'ca.crt' }] }),
  ],
  ['SidecarMounts', 'all keys of the ConfigMap', withIdentity({}, { items: undefined })],
  ['SidecarMounts', 'a token for a year', withIdentity({ expirationSeconds: 31_536_000 }, {})],
  [
    'SidecarMounts',
    'a part of its volume',
    withSidecar({
      volumeMounts: recordsOf(sidecar['volumeMounts']).map(mount => ({ ...mount, subPathExpr: 'x' })),
    }),
  ],
  ['SidecarProgram', 'a file over its program', withSidecar({ terminationMessagePath: '/app/sidecar.js' })],
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
  ['SidecarPrivileges', 'the user of its image', withPrivilege({ runAsUser: undefined })],
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
