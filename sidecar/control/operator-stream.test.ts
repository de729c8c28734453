import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { PolicySnapshot } from '../../crds/snapshot/policy-snapshot.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { FakeWire } from '../../test/support/fake-wire.ts'
import { manualChain, snapshotOf } from '../../test/support/snapshots.ts'
import { OperatorContact } from './operator-contact.ts'
import type { SessionEnd } from './operator-session.ts'
import { OperatorStream } from './operator-stream.ts'
import type { OfferResult } from './policy-source.ts'
import type { KeptSnapshot } from './state-file.ts'

const one = snapshotOf(manualChain('one'))
const two = snapshotOf(manualChain('two'), [], { generation: 2 })

class Scene {
  readonly clock = new FakeClock()
  readonly wire = new FakeWire()
  readonly ends: (SessionEnd & { readonly retryInMs: number })[] = []
  readonly saved: object[] = []
  readonly secrets: (readonly string[])[] = []
  readonly expected: number[] = []
  readonly refusals: (readonly string[])[] = []
  readonly contact = new OperatorContact(this.clock)
  live: string | undefined
  refuseOffers = false
  readonly stream: OperatorStream

  constructor(context: TestContext, kept: KeptSnapshot = { kind: 'none' }) {
    this.stream = new OperatorStream({
      ...{ clock: this.clock, connect: this.wire.connect, contact: this.contact },
      random: () => 0.5,
      live: () => this.live,
      sink: {
        offer: snapshot => this.#offer(snapshot),
        refuse: reasons => void this.refusals.push(reasons),
      },
      lastGood: { save: snapshot => void this.saved.push(snapshot), load: () => kept, wrap: sink => sink },
      takeSecrets: secrets => void this.secrets.push(secrets.map(({ id }) => id)),
      expectSecrets: withinMs => void this.expected.push(withinMs),
      health: () => [],
      listener: {
        connected: () => undefined,
        lost: (end, retryInMs) => void this.ends.push({ ...end, retryInMs }),
      },
    })
    context.after(() => this.stream.stop())
    void this.stream.start()
  }

  #offer({ digest }: PolicySnapshot): OfferResult {
    if (this.refuseOffers) return { kind: 'refused', reasons: ['it cannot be run'] }
    if (this.live === digest) return { kind: 'unchanged' }
    this.live = digest
    return { kind: 'applied' }
  }
}

test('an applied snapshot is kept as it came and acknowledged; the live one is acknowledged without being kept again', async t => {
  const scene = new Scene(t)
  scene.wire.hello()
  scene.wire.send({ kind: 'snapshot', snapshot: one }, { kind: 'snapshot', snapshot: one })
  await scene.clock.advance(1)
  const verdict = { digest: one.digest, verdict: 'Applied' }
  assert.deepEqual(scene.wire.verdicts, [verdict, verdict])
  assert.deepEqual(scene.saved, [one])
})

test('a snapshot that cannot be run is not kept, and the operator is told why', async t => {
  const scene = new Scene(t)
  scene.refuseOffers = true
  scene.wire.hello()
  scene.wire.send({ kind: 'snapshot', snapshot: one })
  await scene.clock.advance(1)
  assert.deepEqual(scene.wire.verdicts, [
    { digest: one.digest, verdict: 'Rejected', message: 'it cannot be run' },
  ])
  assert.deepEqual(scene.saved, [])
})

test('what an earlier run kept goes live before the operator is asked, and is named to it', t => {
  const scene = new Scene(t, { kind: 'kept', snapshot: one, savedAt: 5 })
  assert.deepEqual(scene.wire.connects, [one.digest])
  assert.match(scene.contact.describe(), /kept from an earlier run/)
  assert.deepEqual(scene.expected, [2_000])
  assert.deepEqual(new Scene(t).expected, [])
})

test('keys are handed on in the order of the frames', t => {
  const scene = new Scene(t)
  scene.wire.hello()
  scene.wire.send({ kind: 'credentials', secrets: [{ id: 'a/b/c', version: '1', value: 'v' }] })
  scene.wire.send({ kind: 'credentials', secrets: [] })
  assert.deepEqual(scene.secrets, [['a/b/c'], []])
})

test('30 s without a hello end a stream, later three heartbeats of silence', t => {
  const scene = new Scene(t)
  scene.clock.tick(29_999)
  assert.equal(scene.ends.length, 0)
  scene.clock.tick(1)
  assert.equal(scene.ends[0]?.cause, 'silent')
  scene.clock.tick(100)
  scene.wire.hello(1000)
  for (let beat = 0; beat < 10; beat += 1) {
    scene.clock.tick(2_900)
    scene.wire.send({ kind: 'heartbeat' })
  }
  assert.equal(scene.ends.length, 1)
  scene.clock.tick(3_000)
  assert.equal(scene.ends.length, 2)
  assert.equal(scene.wire.isOpen, false)
})

test('delays grow while nothing comes of connecting, and start again after a snapshot or a healthy minute', t => {
  const scene = new Scene(t)
  const fail = () => {
    scene.wire.end({ kind: 'failed', problem: 'it cannot be reached (ECONNREFUSED)' })
    const delay = scene.ends.at(-1)?.retryInMs ?? -1
    scene.clock.tick(delay)
    return delay
  }
  assert.deepEqual([fail(), fail(), fail()], [100, 200, 400])
  scene.wire.hello()
  assert.equal(fail(), 800, 'a hello alone proves little')
  scene.wire.hello()
  scene.wire.send({ kind: 'snapshot', snapshot: one })
  assert.deepEqual([fail(), fail()], [100, 200])
  scene.wire.hello(60_000)
  scene.clock.tick(60_000)
  assert.equal(fail(), 100)
})

test('a refusal names its time, and a farewell too', t => {
  const scene = new Scene(t)
  scene.wire.end({ kind: 'refused', status: 503, retryAfterMs: 4_000, reason: 'full' })
  assert.equal(scene.ends[0]?.problem, 'it refused the stream with status 503: full')
  assert.equal(scene.ends[0]?.retryInMs, 5_000)
  scene.clock.tick(5_000)
  scene.wire.hello()
  scene.wire.send({ kind: 'farewell', reason: 'rebalance', reconnectAfterMs: 1_000 })
  assert.equal(scene.wire.isOpen, false)
  assert.equal(scene.ends[1]?.retryInMs, 1_250)
  assert.equal(scene.wire.connects.length, 2)
  scene.clock.tick(1_250)
  assert.equal(scene.wire.connects.length, 3)
})

const hello = { kind: 'hello', protocol: 1, heartbeatMs: 1000 } as const

const breaches: readonly (readonly [string, (wire: FakeWire) => void, RegExp])[] = [
  ['a frame before hello', wire => wire.send({ kind: 'heartbeat' }), /did not begin with a hello/],
  ['another protocol', wire => wire.send({ ...hello, protocol: 9 }), /protocol 9/],
  ['a second hello', wire => wire.send(hello, hello), /a second time/],
  ['a line that is no JSON', wire => wire.sendText('<html>\n'), /not a JSON object/],
  ['an end without farewell', wire => wire.end({ kind: 'finished' }), /without a farewell/],
]
for (const [about, play, problem] of breaches) {
  test(`${about} ends the stream as broken`, t => {
    const scene = new Scene(t)
    play(scene.wire)
    assert.deepEqual(
      scene.ends.map(({ cause }) => cause),
      ['broken'],
    )
    assert.match(scene.ends[0]?.problem ?? '', problem)
    assert.equal(scene.wire.isOpen, false)
  })
}

test('while nothing is taken the newest verdict waits, and goes before health', t => {
  const scene = new Scene(t)
  scene.wire.hello(10_000)
  scene.wire.fill()
  scene.clock.tick(5_000)
  scene.wire.send({ kind: 'snapshot', snapshot: one }, { kind: 'snapshot', snapshot: two })
  assert.deepEqual(scene.wire.lines, [])
  scene.wire.makeRoom()
  assert.deepEqual(scene.wire.verdicts, [{ digest: two.digest, verdict: 'Applied' }])
  assert.match(scene.wire.lines[1] ?? '', /"health"/)
  scene.wire.makeRoom()
  assert.equal(scene.wire.lines.length, 2, 'nothing is said twice')
})

test('a report goes up at every heartbeat, and those that could not are one', t => {
  const scene = new Scene(t)
  scene.wire.hello(10_000)
  scene.clock.tick(5_000)
  assert.deepEqual(scene.wire.healthReports, [{ targets: [] }])
  scene.wire.fill()
  for (let beat = 0; beat < 3; beat += 1) {
    scene.wire.send({ kind: 'heartbeat' })
    scene.clock.tick(10_000)
  }
  scene.wire.makeRoom()
  assert.equal(scene.wire.healthReports.length, 2)
})

test('after stop nothing is left: no alarm, no connection, no reconnect', t => {
  const scene = new Scene(t)
  scene.wire.hello()
  scene.wire.send({ kind: 'snapshot', snapshot: one })
  scene.stream.stop()
  assert.equal(scene.clock.pending, 0)
  assert.equal(scene.wire.isOpen, false)
  scene.clock.tick(3_600_000)
  assert.equal(scene.wire.connects.length, 1)
})
