import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../../test/support/eventually.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { followKubernetesVersion } from './follow-kubernetes-version.ts'

test('an API server that is away is asked again, one that has answered is not', async () => {
  const clock = new FakeClock()
  let asked = 0
  const read = async () => {
    asked += 1
    if (asked === 1) throw new Error('away')
    return { major: '1', minor: '33' }
  }
  const source = followKubernetesVersion({ read }, clock)
  source.start()
  await eventually('it waits', () => clock.pending === 1 || undefined)
  assert.deepEqual(source.current(), { kind: 'unknown' })
  clock.tick(5_000)
  await eventually('it knows', () => source.current().kind === 'known' || undefined)
  await Promise.resolve()
  assert.deepEqual([asked, clock.pending], [2, 0])
  source.stop()
})
