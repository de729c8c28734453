// The operator's own client against a real API server: what is followed, what breaks, who leads.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { systemClock } from '../../operator/clock.ts'
import { type ApiClient, createApiClient } from '../../operator/kube/api-client.ts'
import { isExpired } from '../../operator/kube/api-error.ts'
import type { Kube } from '../../operator/kube/create-kube.ts'
import { createConnectionSource } from '../../operator/kube/kube-connection.ts'
import { Reflector } from '../../operator/kube/reflector.ts'
import type { ReflectorEvent } from '../../operator/kube/reflector-options.ts'
import { headOf } from '../../operator/kube/untrusted.ts'
import type { PodFacts } from '../../operator/reconcile/ports.ts'
import { type Cluster, type Pod, startCluster } from '../support/cluster/start-cluster.ts'
import { eventually } from '../support/eventually.ts'
import { openKube, operatorNamespace } from './sample-kube.ts'

let cluster: Cluster
let kube: Kube
const opened: Kube[] = []

function open(identity: string, kubeconfig = cluster.kubeconfig): Kube {
  const kube = openKube(kubeconfig, identity)
  opened.push(kube)
  return kube
}

before(async () => {
  cluster = await startCluster()
  await cluster.applyCrds()
  for (const name of [operatorNamespace, 'shop', 'keys']) await cluster.createNamespace(name, { team: name })
  kube = open('first')
  kube.start()
  await kube.synced(AbortSignal.timeout(20_000))
})
after(async () => {
  await Promise.all(opened.map(one => one.stop()))
  await cluster?.stop()
})

function findPod(pod: Pick<Pod, 'namespace' | 'name'>): PodFacts | undefined {
  return kube.readers.pods.find(pod.namespace, pod.name)
}

function podHealth() {
  const health = kube.health().find(one => one.path === '/api/v1/pods')
  assert.ok(health)
  return health
}

const provider = {
  apiVersion: 'llmfallback.io/v1alpha1',
  kind: 'LLMProvider',
  metadata: { name: 'vendor', namespace: 'shop', annotations: { owner: 'platform' } },
  spec: { dialect: 'OpenAI' },
}

test('a list of many pages and the watch after it make one picture', async () => {
  const names = Array.from({ length: 8 }, (_, at) => `many-${at}`)
  for (const name of names)
    await cluster.createPod({ namespace: 'shop', name, labels: { app: 'many' }, node: 'n1' })
  const late = open('late')
  late.start()
  await late.synced(AbortSignal.timeout(20_000))
  const seen = [...late.readers.pods.inNamespace('shop')].map(pod => pod.name).sort()
  assert.deepEqual(seen, names)
  const { uid: _uid, ...facts } = await eventually('the watch tells of it', () =>
    findPod({ namespace: 'shop', name: 'many-7' }),
  )
  assert.deepEqual(facts, {
    namespace: 'shop',
    name: 'many-7',
    labels: { app: 'many' },
    serviceAccount: 'default',
    node: 'n1',
    hasSidecar: true,
    injection: '',
    unsound: '',
    exposedKeys: '',
    keptVariables: '',
    isFinished: false,
    isDeleting: false,
  })
  for (const name of names) await cluster.deletePod({ namespace: 'shop', name })
  await eventually(
    'all are gone again',
    () => kube.readers.pods.find('shop', 'many-7') === undefined || undefined,
  )
})

test('a watch goes on where it stopped when the API server restarts', async () => {
  const pod = await cluster.createPod({ namespace: 'shop', name: 'before-restart' })
  await eventually('it is seen', () => findPod(pod))
  await cluster.restartApiServer()
  const next = await cluster.createPod({ namespace: 'shop', name: 'after-restart' })
  await eventually('the next is seen', () => findPod(next), 60_000)
  assert.ok(findPod(pod))
  assert.ok(podHealth().restarts > 0)
})

/** Lets lists through at once, and watches only after `open`. */
function gatedClient(): { readonly client: ApiClient; open(): void } {
  const client = createApiClient(createConnectionSource(cluster.kubeconfig, systemClock), systemClock)
  const gate = Promise.withResolvers<void>()
  const stream: ApiClient['stream'] = async (request, onChunk, onAccepted) => {
    await gate.promise
    return client.stream(request, onChunk, onAccepted)
  }
  return {
    client: { send: request => client.send(request), stream, close: () => client.close() },
    open: gate.resolve,
  }
}

test('history that is gone is answered with a full list', async () => {
  await cluster.createPod({ namespace: 'shop', name: 'kept' })
  await cluster.createPod({ namespace: 'shop', name: 'lost' })
  const { client, open: openGate } = gatedClient()
  const told: ReflectorEvent[] = []
  const names = new Reflector({
    collection: { path: '/api/v1/namespaces/shop/pods' },
    project: object => headOf(object)?.name,
    client,
    clock: systemClock,
    random: () => 0.1,
    report: event => void told.push(event),
  })
  names.start()
  await names.synced
  assert.ok(names.store.find('shop', 'lost'))
  await cluster.deletePod({ namespace: 'shop', name: 'lost' })
  for (let at = 0; at < 5; at += 1) await cluster.createPod({ namespace: 'shop', name: `compacted-${at}` })
  await cluster.compact()
  await cluster.restartApiServer()
  openGate()
  await eventually('the last is seen', () => names.store.find('shop', 'compacted-4'), 30_000)
  assert.equal(names.store.find('shop', 'lost'), undefined)
  assert.equal(names.store.find('shop', 'kept'), 'kept')
  assert.ok(told.some(event => event.kind === 'failed' && isExpired(event.error)))
  assert.equal(names.counters.lists, 2)
  assert.equal(names.counters.missed, 0)
  await names.stop()
  await client.close()
})

test('checking lists find nothing that the watch missed', async () => {
  const listsBefore = podHealth().lists
  for (let at = 0; at < 60; at += 1) {
    const pod = await cluster.createPod({ namespace: 'shop', name: `churn-${at}` })
    await cluster.setPodRunning(pod)
    if (at % 2 === 0) await cluster.deletePod(pod)
  }
  await eventually('two more lists', () => podHealth().lists >= listsBefore + 2 || undefined, 20_000)
  assert.deepEqual(
    kube.health().filter(one => one.missed > 0),
    [],
  )
})

test('resources of ours come without what kubectl and the server keep in them for themselves', async () => {
  const done = await cluster.kubectl({ input: JSON.stringify(provider) }, 'apply', '-f', '-')
  assert.equal(done.code, 0, done.stderr)
  const stored = await eventually('it is seen', () => kube.readers.providers.find('shop', 'vendor'), 20_000)
  assert.equal(stored.kind, 'LLMProvider')
  assert.equal(stored.generation, 1)
  const text = JSON.stringify(stored.object)
  assert.match(text, /"owner":"platform"/)
  assert.doesNotMatch(text, /managedFields|last-applied/)
})
