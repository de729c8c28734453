import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import type { PodFacts } from '../reconcile/ports.ts'
import { AdmissionTurns } from './admission-turns.ts'
import { SampleReader, samplePod } from './sample-cluster.ts'

function open(perSecond = 100, burst = 100) {
  const clock = new FakeClock()
  const pods = new SampleReader<PodFacts>()
  const turns = new AdmissionTurns({
    clock,
    random: () => 0.5,
    pods,
    admissionsPerSecond: perSecond,
    admissionBurst: burst,
  })
  const take = (name: string, uid = `uid-of-${name}`) =>
    turns.take({ namespace: 'shop', pod: name, uid }).kind === 'admitted'
  return { clock, pods, take }
}

test('a flood of tokens for pods that nobody knows leaves the turns of known pods alone', () => {
  const { pods, take } = open()
  pods.put(samplePod('web'))
  const strangers = Array.from({ length: 500 }, (_, index) => take(`ghost-${index}`)).filter(Boolean)
  assert.equal(strangers.length, 10)
  assert.equal(take('web'), true)
})

test('the name of a known pod with another UID is a stranger', () => {
  const { pods, take } = open(10, 10)
  pods.put(samplePod('web'))
  assert.equal(take('web', 'somebody-else'), true)
  assert.equal(take('web', 'somebody-else'), false)
  assert.equal(take('web'), true)
})

test('who uses one pod’s name again and again uses up that pod’s turns and no other’s', () => {
  const { clock, pods, take } = open(100, 100)
  pods.put(samplePod('web'))
  pods.put(samplePod('shop'))
  for (let asked = 0; asked < 500; asked += 1) take('web')
  assert.equal(take('web'), false)
  assert.equal(take('shop'), true)
  clock.tick(30_000)
  assert.equal(take('web'), true)
})
