import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { Breaker, type BreakerChange, type Permit } from './breaker.ts'
import { consecutiveFailures } from './trip-rules.ts'

type Cause = 'down' | 'throttled'

function setUp(failures = 3) {
  const clock = new FakeClock()
  const changes: BreakerChange<Cause>[] = []
  const breaker = new Breaker<Cause>({
    rule: consecutiveFailures({ failures, windowMs: 30_000 }),
    openForMs: 60_000,
    clock,
    onChange: change => changes.push(change),
  })
  return { clock, breaker, changes }
}

function admit(breaker: Breaker<Cause>): Permit<Cause> {
  const admission = breaker.admit()
  assert.equal(admission.kind, 'admitted')
  assert.ok(admission.kind === 'admitted')
  return admission.permit
}

function trip(breaker: Breaker<Cause>, failures = 3): void {
  for (let failure = 0; failure < failures; failure += 1) admit(breaker).failed('down')
}

/** Opens it, waits, and lets a good probe through: the ramp begins. */
function recover({ breaker, clock }: ReturnType<typeof setUp>): void {
  trip(breaker)
  clock.tick(60_000)
  admit(breaker).succeeded()
}

test('opens after consecutive failures and says what opened it and for how long', () => {
  const { breaker, clock, changes } = setUp()
  trip(breaker)
  clock.tick(20_000)
  assert.deepEqual(breaker.admit(), { kind: 'refused', reopensInMs: 40_000, cause: 'down' })
  assert.deepEqual(changes, [{ from: 'closed', to: 'open', cause: 'down' }])
})

test('a success between failures starts the count again', () => {
  const { breaker } = setUp()
  trip(breaker, 2)
  admit(breaker).succeeded()
  trip(breaker, 2)
  assert.equal(breaker.snapshot().state, 'closed')
  assert.equal(breaker.snapshot().recentFailures, 2)
})

test('failures further apart than the window do not add up', () => {
  const { breaker, clock } = setUp()
  trip(breaker, 2)
  clock.tick(30_001)
  trip(breaker, 2)
  assert.equal(breaker.snapshot().state, 'closed')
})

test('a released call counts neither way', () => {
  const { breaker } = setUp()
  trip(breaker, 2)
  admit(breaker).released()
  admit(breaker).failed('down')
  assert.equal(breaker.snapshot().state, 'open')
})

test('only the first settling of a permit counts', () => {
  const { breaker } = setUp(2)
  const permit = admit(breaker)
  permit.failed('down')
  permit.failed('down')
  permit.succeeded()
  assert.deepEqual(breaker.snapshot(), { state: 'closed', recentFailures: 1 })
})

test('lets exactly one probe through when the time has come', () => {
  const { breaker, clock, changes } = setUp()
  trip(breaker)
  clock.tick(60_000)
  assert.equal(breaker.refusal(), undefined)
  admit(breaker)
  assert.equal(breaker.admit().kind, 'refused')
  assert.deepEqual(changes.at(-1), { from: 'open', to: 'probing', cause: 'down' })
})

test('a failed probe opens for the full time again', () => {
  const { breaker, clock } = setUp()
  trip(breaker)
  clock.tick(60_000)
  admit(breaker).failed('down')
  assert.equal(breaker.refusal()?.reopensInMs, 60_000)
})

test('a probe given back lets the next caller probe at once', () => {
  const { breaker, clock, changes } = setUp()
  trip(breaker)
  clock.tick(60_000)
  admit(breaker).released()
  admit(breaker).succeeded()
  assert.equal(breaker.snapshot().state, 'closed')
  assert.deepEqual(
    changes.map(change => change.to),
    ['open', 'probing', 'closed'],
  )
})

test('after a good probe the allowance doubles with each success until it no longer limits', () => {
  const machines = setUp()
  recover(machines)
  const { breaker } = machines
  for (const allowance of [1, 2, 4, 8, 16, 32, 64]) {
    assert.equal(breaker.snapshot().rampAllowance, allowance)
    const permits = Array.from({ length: allowance }, () => admit(breaker))
    assert.equal(breaker.admit().kind, 'refused')
    for (const permit of permits.slice(1)) permit.released()
    permits[0]?.succeeded()
  }
  assert.deepEqual(breaker.snapshot(), { state: 'closed', recentFailures: 0 })
  assert.equal(Array.from({ length: 200 }, () => breaker.admit()).filter(a => a.kind === 'refused').length, 0)
})

test('one failure during the ramp opens again', () => {
  const machines = setUp()
  recover(machines)
  admit(machines.breaker).failed('down')
  assert.equal(machines.breaker.snapshot().state, 'open')
})

test('a probe whose answer has begun lets others in before it has ended', () => {
  const { breaker, clock } = setUp()
  trip(breaker)
  clock.tick(60_000)
  const probe = admit(breaker)
  probe.begun()
  const next = admit(breaker)
  probe.failed('down')
  assert.equal(breaker.snapshot().state, 'open')
  next.succeeded()
  assert.equal(breaker.snapshot().state, 'open')
})

test('opens at once for the wait that the target asks for', () => {
  const { breaker } = setUp()
  admit(breaker).openFor(16_000, 'throttled')
  assert.deepEqual(breaker.refusal(), { reopensInMs: 16_000, cause: 'throttled' })
})

test('a shorter wait never shortens a longer one', () => {
  const { breaker, clock } = setUp()
  const late = [admit(breaker), admit(breaker)]
  admit(breaker).openFor(300_000, 'throttled')
  late[0]?.openFor(1_000, 'down')
  assert.deepEqual(breaker.refusal(), { reopensInMs: 300_000, cause: 'throttled' })
  late[1]?.openFor(400_000, 'down')
  assert.deepEqual(breaker.refusal(), { reopensInMs: 400_000, cause: 'down' })
  clock.tick(400_000)
  assert.equal(breaker.refusal(), undefined)
})

test('a wait of nothing opens nothing', () => {
  const { breaker } = setUp()
  admit(breaker).openFor(0, 'throttled')
  admit(breaker).openFor(Number.NaN, 'throttled')
  assert.equal(breaker.snapshot().state, 'closed')
})

test('late results of calls from before the trip change nothing', () => {
  const machines = setUp()
  const { breaker, clock } = machines
  const [good, bad, cancelled] = [admit(breaker), admit(breaker), admit(breaker)]
  trip(breaker)
  good?.succeeded()
  assert.equal(breaker.snapshot().state, 'open')
  clock.tick(60_000)
  admit(breaker)
  cancelled?.released()
  assert.equal(breaker.admit().kind, 'refused', 'the probe is still out')
  bad?.failed('down')
  assert.equal(breaker.snapshot().state, 'probing')
})

test('a forced call goes through an open breaker, and its success begins the way back', () => {
  const { breaker } = setUp()
  trip(breaker)
  breaker.force().failed('down')
  assert.equal(breaker.refusal()?.reopensInMs, 60_000)
  breaker.force().succeeded()
  assert.equal(breaker.snapshot().rampAllowance, 1)
})

test('a forced call beside a probe cannot give that probe back', () => {
  const { breaker, clock } = setUp()
  trip(breaker)
  clock.tick(60_000)
  admit(breaker)
  breaker.force().released()
  assert.equal(breaker.admit().kind, 'refused')
})

test('what opened it can be forgiven by its name only: then a probe may go at once', () => {
  const { breaker } = setUp()
  trip(breaker)
  breaker.forgive('throttled')
  assert.equal(breaker.admit().kind, 'refused')
  breaker.forgive('down')
  const probe = admit(breaker)
  assert.equal(breaker.admit().kind, 'refused')
  probe.failed('down')
  assert.deepEqual(breaker.refusal(), { reopensInMs: 60_000, cause: 'down' })
})

test('each call that says something about the target is told once', () => {
  const results: string[] = []
  const breaker = new Breaker<Cause>({
    rule: consecutiveFailures({ failures: 9, windowMs: 30_000 }),
    openForMs: 60_000,
    clock: new FakeClock(),
    onResult: result => results.push(result),
  })
  const good = admit(breaker)
  good.begun()
  good.succeeded()
  good.failed('down')
  admit(breaker).failed('down')
  admit(breaker).released()
  admit(breaker).openFor(1000, 'throttled')
  breaker.force().succeeded()
  breaker.force().released()
  assert.deepEqual(results, ['good', 'bad', 'bad', 'good'])
})
