import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  codeOf,
  foreignToken,
  injected,
  lenient,
  repository,
  sidecar,
  spec,
  strict,
  thief,
  withAlias,
  withApp,
  withHostPath,
  withMount,
  withSidecar,
  withSpec,
  withVariable,
} from '../../test/support/injected-pods.ts'
import { recordOf } from '../../test/support/simulated-vendors/json.ts'
import { judgePodShape } from './judge-pod-shape.ts'

type Fields = Readonly<Record<string, unknown>>

/** What of its spec is not as it was injected. */
function differenceOf(pod: Fields): string {
  const different = Object.entries(recordOf(pod['spec'])).filter(([name, value]) => spec[name] !== value)
  return JSON.stringify(Object.fromEntries(different))
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
  ['HostNetwork', withSpec({ hostNetwork: true })],
  ['OperatorRedirected', withAlias('llm-fallback.llm-fallback-system.svc')],
  ['OperatorRedirected', withAlias('LLM-Fallback.llm-fallback-system.svc.')],
  ['NodeAccess', withApp({ securityContext: { privileged: true } })],
  ['NodeAccess', withApp({ securityContext: { capabilities: { add: ['SYS_ADMIN'] } } })],
  ['NodeAccess', withApp({ securityContext: { capabilities: { add: ['NET_RAW', 'CAP_BPF'] } } })],
  [
    'NodeAccess',
    withSpec({
      ephemeralContainers: [
        { name: 'debug', targetContainerName: 'app', securityContext: { privileged: true } },
      ],
    }),
  ],
  ...[
    '/',
    '/var',
    '/var/lib/kubelet/pods',
    '/proc/',
    '//run//./containerd/containerd.sock',
    '/run/k3s',
    '/var/run/cri-dockerd.sock',
    '/var/lib/k0s/kubelet/pods',
    '/var/snap/microk8s/common/run',
  ].map(path => ['NodeAccess', withHostPath(path)] as const),
]
for (const [code, pod] of always) {
  test(`${code} is unsound whichever image is ours: ${differenceOf(pod)}`, () => {
    assert.equal(codeOf(pod, lenient), code)
    assert.equal(codeOf(pod, strict), code)
  })
}

const allowed: readonly (readonly [string, Fields])[] = [
  ['an earlier version', withSidecar({ image: `${repository}:1.0.0` })],
  ['a digest', withSidecar({ image: `${repository}@sha256:${'a'.repeat(64)}` })],
  ['variables of a cloud', withVariable({ name: 'AWS_ROLE_ARN', value: 'arn' })],
  ['another log level', withVariable({ name: 'LLM_FALLBACK_LOG_LEVEL', value: 'debug' })],
  ['other resources', withSidecar({ resources: { limits: { memory: '1Gi' } } })],
  ['what Kubernetes fills in', withSidecar({ terminationMessagePath: '/dev/termination-log' })],
  ['other names for other hosts', withAlias('llm-fallback')],
  ['name servers of the cluster', withSpec({ dnsPolicy: 'None', dnsConfig: { nameservers: ['10.0.0.10'] } })],
  ["a folder of the node that is nobody else's", withHostPath('/var/run/agent')],
  ['a folder with a name that begins alike', withHostPath('/processed')],
  [
    'a mesh that bends traffic',
    withApp({ securityContext: { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } } }),
  ],
  [
    'an app that gives up all capabilities',
    withApp({ securityContext: { capabilities: { drop: ['ALL'] } } }),
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
