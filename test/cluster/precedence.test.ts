// Several policies on one pod: which one it runs, and what the others say of themselves.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { awaitPolicy, type Fleet, openFleet, writePolicy, writeRoute } from './sample-fleet.ts'

const namespaces = ['age', 'parts', 'levels', 'law'] as const
let fleet: Fleet

before(async () => {
  fleet = await openFleet(namespaces)
})
after(() => fleet?.close())

function policy(namespace: string, name: string) {
  return { namespace, kind: 'fallbackpolicies', name }
}

function writeClusterPolicy(name: string, namespace: string, spec: object): string {
  return JSON.stringify({
    apiVersion: 'llmfallback.io/v1alpha1',
    kind: 'ClusterFallbackPolicy',
    metadata: { name },
    spec: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } }, ...spec },
  })
}

describe('precedence', { concurrency: true }, () => {
  test('the older policy wins, then the one of higher priority, and the loser names the winner', async () => {
    const namespace = 'age'
    const sidecar = await fleet.startPod({ namespace, name: 'pod-1', app: 'a' })
    await fleet.apply(writePolicy({ namespace, name: 'zeta' }))
    await awaitPolicy(sidecar, 'zeta@1')
    // Ages count in whole seconds, and `alpha` would come first by name.
    await new Promise(resolve => setTimeout(resolve, 1_100))
    await fleet.apply(writePolicy({ namespace, name: 'alpha' }))
    const overridden = await fleet.awaitReason(policy(namespace, 'alpha'), 'Programmed', 'Overridden')
    assert.equal(overridden.message, '1 selected pod runs age/zeta instead')
    await awaitPolicy(sidecar, 'zeta@1')

    await fleet.apply(writePolicy({ namespace, name: 'alpha', priority: 1 }))
    await awaitPolicy(sidecar, 'alpha@2')
    const conflicted = await fleet.awaitReason(policy(namespace, 'zeta'), 'Conflicted', 'Conflicted')
    assert.match(conflicted.message, /^age\/alpha wins in 1 of the 1 pod /)
    await fleet.kubectl('delete', 'fbp', 'alpha', '-n', namespace)
    await awaitPolicy(sidecar, 'zeta@1')
    await fleet.awaitReason(policy(namespace, 'zeta'), 'Programmed', 'Programmed')
  })

  test('a policy that loses some pods is live in the others, and a new label moves a pod', async () => {
    const namespace = 'parts'
    const one = await fleet.startPod({ namespace, name: 'pod-1', app: 'one' })
    const two = await fleet.startPod({ namespace, name: 'pod-2', app: 'two' })
    await fleet.apply(writePolicy({ namespace, name: 'special', app: 'two', priority: 1 }))
    await fleet.apply(writePolicy({ namespace, name: 'general' }))
    await awaitPolicy(one, 'general@1')
    await awaitPolicy(two, 'special@1')
    const { status, message } = await fleet.awaitReason(
      policy(namespace, 'general'),
      'Programmed',
      'PartiallyProgrammed',
    )
    assert.equal(status, 'True')
    assert.equal(message, 'live in 1 of 1 pod; 1 more runs parts/special instead')
    await fleet.kubectl('label', 'pod', 'pod-1', 'app=two', '--overwrite', '-n', namespace)
    await awaitPolicy(one, 'special@1')
    await fleet.awaitReason(policy(namespace, 'general'), 'Programmed', 'Overridden')
  })

  test('overrides of the cluster come before the namespace, its defaults after', async () => {
    const namespace = 'levels'
    const sidecar = await fleet.startPod({ namespace, name: 'pod-1', app: 'a' })
    const spec = (name: string) => ({ routes: [writeRoute({ name })] })
    await fleet.apply(writeClusterPolicy('base', namespace, { defaults: spec('base') }))
    await awaitPolicy(sidecar, 'cluster/base@1')
    await fleet.apply(writePolicy({ namespace, name: 'own' }))
    await awaitPolicy(sidecar, 'own@1')
    await fleet.apply(writeClusterPolicy('emergency', namespace, { overrides: spec('emergency') }))
    await awaitPolicy(sidecar, 'cluster/emergency@1')
    await fleet.kubectl('delete', 'cfbp', 'emergency')
    await awaitPolicy(sidecar, 'own@1')
    await fleet.kubectl('delete', 'fbp', 'own', '-n', namespace)
    await awaitPolicy(sidecar, 'cluster/base@1')
  })

  test('a policy that a new constraint makes illegal gives way to the next one until it is legal again', async () => {
    const namespace = 'law'
    const sidecar = await fleet.startPod({ namespace, name: 'pod-1', app: 'a' })
    await fleet.apply(writePolicy({ namespace, name: 'slow', priority: 1, deadline: '50s' }))
    await fleet.apply(writePolicy({ namespace, name: 'quick', deadline: '10s' }))
    await awaitPolicy(sidecar, 'slow@1')
    await fleet.apply(writeClusterPolicy('limits', namespace, { constraints: { maxDeadline: '20s' } }))
    await awaitPolicy(sidecar, 'quick@1')
    const { status, message } = await fleet.awaitReason(
      policy(namespace, 'slow'),
      'Accepted',
      'ConstraintViolated',
    )
    assert.equal(status, 'False')
    assert.match(
      message,
      /^spec\.routes\[0\]\.limits\.deadline: ClusterFallbackPolicy limits allows at most 20s/,
    )
    await fleet.kubectl('delete', 'cfbp', 'limits')
    await awaitPolicy(sidecar, 'slow@1')
    await fleet.awaitReason(policy(namespace, 'slow'), 'Accepted', 'Accepted')
  })
})
