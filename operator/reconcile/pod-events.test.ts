import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { samplePod, sampleSidecar } from './sample-objects.ts'
import { startSupport } from './sample-support.ts'
import type { SampleWorld } from './sample-world.ts'

let clock: FakeClock
let world: SampleWorld

beforeEach(async () => {
  clock = new FakeClock()
  ;({ world } = await startSupport(clock))
})

const told = (pod: string) => world.events.filter(({ name }) => name === pod).map(({ reason }) => reason)
const notesOf = (pod: string) => world.events.filter(({ name }) => name === pod).map(({ message }) => message)

test('pods of the first list are old, those that come later are told of', () => {
  assert.deepEqual(told('a'), [])
  world.readers.pods.put(samplePod('support/new', { exposedKeys: 'app/OPENAI_API_KEY' }))
  world.readers.pods.put(samplePod('support/new', { exposedKeys: 'app/OPENAI_API_KEY', node: 'node-2' }))
  assert.deepEqual(told('new'), ['Injected', 'KeyInAppContainer'])
})

test('a skip is told with its code, and with nothing that is no code', () => {
  const skip = (name: string, injection: string) => {
    world.readers.pods.put(samplePod(`support/${name}`, { hasSidecar: false, injection }))
    return world.events.filter(event => event.name === name).map(({ type, message }) => `${type} ${message}`)
  }
  assert.deepEqual(skip('host', 'skipped: HostNetwork'), [
    'Warning llm-fallback was not injected: HostNetwork',
  ])
  assert.deepEqual(skip('out', 'skipped: OptedOut'), ['Normal llm-fallback was not injected: OptedOut'])
  assert.deepEqual(skip('odd', 'skipped: because\nof a line'), [])
  assert.deepEqual(skip('none', ''), [])
})

test('a new leader tells of the pods of the last minute, which the one before may have missed', async () => {
  world.lead(false)
  world.readers.pods.put(samplePod('support/early'))
  await clock.advance(50_000)
  world.readers.pods.put(samplePod('support/late'))
  await clock.advance(20_000)
  world.lead(true)
  assert.deepEqual(told('early'), [])
  assert.deepEqual(told('late'), ['Injected'])
})

test('a pod whose sidecar gets no keys is told of, if there is a key that it would get', async () => {
  world.readers.pods.put(samplePod('support/a', { unsound: 'SameUser: container app runs as user 0' }))
  world.readers.pods.put(samplePod('support/b', { unsound: 'SidecarMissing: none', hasSidecar: false }))
  await clock.advance(1_000)
  assert.deepEqual(notesOf('a'), [
    'its sidecar gets no provider keys: SameUser: container app runs as user 0',
  ])
  assert.deepEqual(told('b'), [], 'any pod without a sidecar')
  const b = world.readers.pods.find('support', 'b')
  if (b !== undefined) world.hear(sampleSidecar(b))
  await clock.advance(1_000)
  assert.deepEqual(told('b'), ['CredentialsWithheld'], 'one that pretends to have one')
  world.readers.providers.remove('support', 'openai')
  await clock.advance(1_000)
  world.events.splice(0)
  world.readers.pods.put(samplePod('support/c', { unsound: 'SameUser: container app runs as user 0' }))
  await clock.advance(1_000)
  assert.deepEqual(told('c'), [], 'no key is missing')
})
