import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PodFacts } from '../reconcile/ports.ts'
import { keepVerdict } from './keep-verdict.ts'
import { Store } from './store.ts'

const sound: PodFacts = {
  namespace: 'shop',
  name: 'assistant',
  uid: 'a',
  labels: {},
  serviceAccount: 'default',
  node: 'node-1',
  hasSidecar: true,
  injection: 'injected',
  unsound: '',
  exposedKeys: '',
  keptVariables: '',
  isFinished: false,
  isDeleting: false,
}
const unsound = { ...sound, unsound: 'SidecarImage: container llm-fallback runs another image' }
const lasting = `${unsound.unsound}; it stays so until the pod is replaced`

/** What is held after each of these states has arrived. */
function follow(...states: readonly PodFacts[]): string | undefined {
  const store = new Store<PodFacts>({ carry: keepVerdict })
  for (const [version, state] of states.entries()) store.put(state, state, String(version))
  return store.find(sound.namespace, sound.name)?.unsound
}

test('a pod that was unsound stays so, however often it is put right', () => {
  assert.equal(follow(sound, unsound, sound), lasting)
  assert.equal(follow(sound, unsound, sound, { ...sound, node: 'node-2' }, sound), lasting)
})

test('what is wrong now is told rather than what was', () => {
  const other = { ...sound, unsound: 'SidecarDebugged: ephemeral container look' }
  assert.equal(follow(unsound, other), other.unsound)
})

test('a pod of the same name is another pod, and one that never was unsound is sound', () => {
  assert.equal(follow(unsound, { ...sound, uid: 'b' }), '')
  assert.equal(follow(sound, { ...sound, isDeleting: true }), '')
})
