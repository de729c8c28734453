import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { MemoryObjects } from '../../test/support/memory-objects.ts'
import { noOwnership } from '../../test/support/no-ownership.ts'
import { ScriptedLeadership } from '../../test/support/scripted-leadership.ts'
import type { NamespaceFacts, PodFacts, TrustCopy } from '../reconcile/ports.ts'
import { samplePod } from '../reconcile/sample-objects.ts'
import { SampleReader } from '../reconcile/sample-reader.ts'
import type { CertificateEvent } from './certificate-events.ts'
import { publishTrust, type TrustPublisher } from './publish-trust.ts'

const optedIn = { 'llmfallback.io/injection': 'enabled' }
let clock: FakeClock
let objects: MemoryObjects
let leadership: ScriptedLeadership
let namespaces: SampleReader<NamespaceFacts>
let pods: SampleReader<PodFacts>
let copies: SampleReader<TrustCopy>
let bundle: string
let changeBundle: () => void
let events: CertificateEvent[]
let refused: ReadonlySet<string>
let publisher: TrustPublisher

beforeEach(() => {
  clock = new FakeClock()
  objects = new MemoryObjects()
  leadership = new ScriptedLeadership('leader')
  namespaces = new SampleReader(({ name }) => ({ namespace: '', name }))
  pods = new SampleReader(pod => pod)
  copies = new SampleReader(copy => copy)
  bundle = 'pem 1'
  events = []
  refused = new Set()
  const listeners: (() => void)[] = []
  changeBundle = () => {
    for (const listener of listeners) listener()
  }
  publisher = publishTrust({
    ...{ clock, leadership, namespaces, pods, copies },
    random: () => 0,
    ownership: noOwnership,
    objects: {
      read: path => objects.read(path),
      create: (path, object) => objects.create(path, object),
      replace: (path, object) => objects.replace(path, object),
      remove: path => objects.remove(path),
      async apply(path, object) {
        const namespace = path.split('/')[4] ?? ''
        if (refused.has(namespace)) throw new Error('refused')
        await objects.apply(path, object)
      },
    },
    trust: {
      bundle: () => bundle,
      onBundleChange: listener => {
        listeners.push(listener)
        return () => undefined
      },
    },
    operatorNamespace: 'system',
    report: event => void events.push(event),
  })
})

/** Namespaces that were written to since the last call, sorted; the watch shows what was written unless told otherwise. */
async function written(watch: 'open' | 'late' = 'open'): Promise<readonly string[]> {
  await clock.advance(0)
  const names = objects.writes.splice(0).map(write => write.split('/')[4] ?? '')
  if (watch === 'open') for (const name of names) show(name, bundle)
  await clock.advance(0)
  return names.sort()
}

function show(namespace: string, text: string): void {
  copies.put({ namespace, name: 'llm-fallback-ca', bundle: text, object: { metadata: {} } })
}

test('every namespace that is opted in or holds a sidecar is told, once', async () => {
  namespaces.put({ name: 'labelled', labels: optedIn })
  namespaces.put({ name: 'holds', labels: {} })
  namespaces.put({ name: 'plain', labels: {} })
  namespaces.put({ name: 'system', labels: optedIn })
  pods.put(samplePod('holds/a'))
  pods.put(samplePod('plain/a', { hasSidecar: false }))
  publisher.start()
  assert.deepEqual(await written('late'), ['holds', 'labelled'])
  namespaces.put({ name: 'labelled', labels: { ...optedIn, team: 'a' } })
  assert.deepEqual(await written(), [], 'what was written is not written again before the watch shows it')
  pods.put(samplePod('plain/b'))
  assert.deepEqual(await written(), ['plain'])
})

test('an edit and a deletion are put right, a namespace that needs it no longer is left alone', async () => {
  namespaces.put({ name: 'a', labels: optedIn })
  publisher.start()
  assert.deepEqual(await written(), ['a'])
  show('a', 'whom I trust')
  assert.deepEqual(await written(), ['a'])
  copies.remove('a', 'llm-fallback-ca')
  assert.deepEqual(await written(), ['a'])
  namespaces.put({ name: 'a', labels: {} })
  copies.remove('a', 'llm-fallback-ca')
  assert.deepEqual(await written(), [])
})

test('another bundle goes to all', async () => {
  for (const name of ['a', 'b']) namespaces.put({ name, labels: optedIn })
  publisher.start()
  assert.deepEqual(await written(), ['a', 'b'])
  bundle = 'pem 2'
  changeBundle()
  assert.deepEqual(await written(), ['a', 'b'])
})

test('one that is refused is tried again later and later, and holds nobody up', async () => {
  refused = new Set(['a'])
  for (const name of ['a', 'b']) namespaces.put({ name, labels: optedIn })
  publisher.start()
  assert.deepEqual(await written(), ['b'])
  await clock.advance(10_000)
  const told = events.filter(({ kind }) => kind === 'trustNotPublished').length
  assert.ok(told >= 3 && told <= 6, `told ${told} times`)
  refused = new Set()
  await clock.advance(30_000)
  assert.deepEqual(await written(), ['a'])
})

test('nobody but the leader writes, and nobody before the bundle and the copies are known', async () => {
  copies.isSynced = false
  bundle = ''
  leadership.become('follower')
  namespaces.put({ name: 'a', labels: optedIn })
  publisher.start()
  assert.deepEqual(await written(), [])
  leadership.become('leader')
  assert.deepEqual(await written(), [])
  bundle = 'pem 1'
  changeBundle()
  assert.deepEqual(await written(), [])
  copies.isSynced = true
  await clock.advance(20)
  assert.deepEqual(await written(), ['a'])
  publisher.stop()
  namespaces.put({ name: 'b', labels: optedIn })
  assert.deepEqual(await written(), [])
  assert.equal(clock.pending, 0)
})
