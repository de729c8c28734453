import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { LeaseElector } from './lease.ts'
import { readLease } from './lease-record.ts'
import { clientOver, type Link, SampleLease } from './sample-lease.ts'

interface Replica {
  readonly elector: LeaseElector
  readonly link: Link
  readonly told: boolean[]
  readonly failures: unknown[]
}

let clock: FakeClock
let lease: SampleLease
let replicas: Replica[]

beforeEach(() => {
  clock = new FakeClock()
  lease = new SampleLease()
  replicas = []
})
afterEach(async () => {
  for (const { link } of replicas) {
    link.state = 'open'
    link.delayMs = 0
  }
  await Promise.all(replicas.map(({ elector }) => elector.stop()))
})

function join(identity: string, random = () => 0.5): Replica {
  const link: Link = { state: 'open', delayMs: 0 }
  const told: boolean[] = []
  const failures: unknown[] = []
  const elector = new LeaseElector({
    client: clientOver(link, clock, lease),
    clock,
    random,
    identity,
    ownership: { claim: async wanted => wanted, refused: () => undefined },
    lease: { namespace: 'system', name: 'llm-fallback' },
    onFailure: error => void failures.push(error),
  })
  elector.onChange(isLeader => void told.push(isLeader))
  elector.start()
  const replica = { elector, link, told, failures }
  replicas.push(replica)
  return replica
}

const leaders = () => replicas.filter(({ elector }) => elector.isLeader()).length

/** Second by second, so that two leaders at once would be seen. */
async function pass(seconds: number): Promise<void> {
  for (let at = 0; at < seconds * 2; at += 1) {
    await clock.advance(500)
    assert.ok(leaders() <= 1, `two leaders at ${clock.now()} ms`)
  }
}

test('the first takes the Lease, the second waits, and renewals keep it so', async () => {
  const one = join('one')
  await pass(1)
  const other = join('other')
  await pass(120)
  assert.equal(one.elector.isLeader(), true)
  assert.deepEqual([one.told, other.told], [[true], []])
  assert.equal(readLease(lease.object).transitions, 0)
  assert.ok(lease.writes >= 55 && lease.writes <= 65, `${lease.writes} writes`)
})

test('a clean exit hands over within one retry', async () => {
  const one = join('one')
  await pass(1)
  const other = join('other')
  await pass(10)
  await one.elector.stop()
  assert.equal(lease.holder, '')
  await pass(5)
  assert.deepEqual([one.told, other.told], [[true, false], [true]])
  assert.equal(readLease(lease.object).transitions, 1)
})

test('a leader that is cut off stops before another begins', async () => {
  const one = join('one')
  await pass(1)
  const other = join('other')
  await pass(20)
  const cutAt = clock.now()
  one.link.state = 'cut'
  let stoppedAt = 0
  let begunAt = 0
  one.elector.onChange(() => {
    stoppedAt = clock.now()
  })
  other.elector.onChange(() => {
    begunAt = clock.now()
  })
  await pass(40)
  assert.ok(stoppedAt - cutAt <= 10_000, 'stops within the deadline')
  assert.ok(begunAt - stoppedAt >= 3_000, `begins ${begunAt - stoppedAt} ms later`)
  assert.ok(begunAt - cutAt <= 20_000, 'the gap is bounded')
  one.link.state = 'open'
  await pass(30)
  assert.equal(other.elector.isLeader(), true)
})

test('a leader whose renewals arrive but are never confirmed stops as well', async () => {
  const one = join('one')
  await pass(5)
  one.link.state = 'deaf'
  await pass(20)
  assert.deepEqual(one.told, [true, false])
  one.link.state = 'open'
  await pass(10)
  assert.deepEqual(one.told, [true, false, true])
})

test('a slow API server does not cost the lead as long as renewals get through', async () => {
  const one = join('one')
  await pass(1)
  join('other')
  one.link.delayMs = 2_500
  await pass(60)
  assert.deepEqual(one.told, [true])
})

test('a process that slept knows that it leads no longer, before any timer ran', async () => {
  const one = join('one')
  await pass(1)
  const now = clock.now.bind(clock)
  clock.now = () => now() + 60_000
  assert.equal(one.elector.isLeader(), false)
  clock.now = now
})

test('the clock of another machine does not matter', async () => {
  lease.handle({
    method: 'POST',
    path: '',
    body: {
      metadata: {},
      spec: {
        holderIdentity: 'stranger',
        leaseDurationSeconds: 15,
        renewTime: '1999-01-01T00:00:00.000000Z',
      },
    },
  })
  const one = join('one')
  await pass(14)
  assert.equal(one.elector.isLeader(), false)
  await pass(8)
  assert.equal(one.elector.isLeader(), true)
})

test('a conflict is somebody else being quicker, not a failure', async () => {
  const both = [join('one'), join('other')]
  await pass(10)
  assert.equal(leaders(), 1)
  assert.deepEqual(
    both.flatMap(({ failures }) => failures),
    [],
  )
})

test('never two leaders, whatever links do', async () => {
  const step = fc.record({
    replica: fc.nat(2),
    state: fc.constantFrom('open', 'cut', 'deaf'),
    delayMs: fc.constantFrom(0, 300, 1_900, 3_900, 6_000),
    seconds: fc.integer({ min: 1, max: 20 }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 12 }),
      fc.infiniteStream(fc.double({ min: 0, max: 0.999 })),
      async (steps, chance) => {
        await Promise.all(replicas.splice(0).map(({ elector }) => elector.stop()))
        clock = new FakeClock()
        lease = new SampleLease()
        for (const name of ['one', 'two', 'three']) join(name, () => chance.next().value ?? 0)
        for (const { replica, state, delayMs, seconds } of steps) {
          const link = replicas[replica]?.link
          if (link !== undefined) Object.assign(link, { state, delayMs })
          await pass(seconds)
        }
        for (const { link } of replicas) Object.assign(link, { state: 'open', delayMs: 0 })
        await pass(40)
        assert.equal(leaders(), 1, 'when all is well somebody leads')
      },
    ),
    { numRuns: 15 },
  )
})
