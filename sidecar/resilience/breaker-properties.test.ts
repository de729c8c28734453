import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { Breaker, type Permit } from './breaker.ts'
import { consecutiveFailures } from './trip-rules.ts'

type Cause = 'down' | 'throttled'

function setUp() {
  const clock = new FakeClock()
  const rule = consecutiveFailures({ failures: 2, windowMs: 30_000 })
  return { clock, breaker: new Breaker<Cause>({ rule, openForMs: 60_000, clock }) }
}

const commands = fc.array(
  fc.record({
    act: fc.constantFrom('admit', 'force', 'begun', 'succeeded', 'failed', 'released', 'openFor', 'wait'),
    which: fc.nat(20),
    ms: fc.integer({ min: 0, max: 90_000 }),
  }),
  { maxLength: 200 },
)

test('never has two probes out, and never admits before a promised wait is over', () => {
  fc.assert(
    fc.property(commands, list => {
      const { breaker, clock } = setUp()
      const open: Permit<Cause>[] = []
      let probe: Permit<Cause> | undefined
      let promised = 0
      for (const { act, which, ms } of list) {
        const permit = open[which % Math.max(1, open.length)]
        if (act === 'wait') clock.tick(ms)
        else if (act === 'force') open.push(breaker.force())
        else if (act === 'admit') {
          const wasRefusing = breaker.snapshot().state !== 'closed'
          const admission = breaker.admit()
          if (admission.kind === 'refused') assert.ok(admission.reopensInMs > 0)
          else {
            if (breaker.snapshot().state === 'probing') {
              assert.ok(wasRefusing && probe === undefined, 'one probe at a time')
              assert.ok(clock.now() >= promised, 'not before the wait is over')
              probe = admission.permit
            }
            open.push(admission.permit)
          }
        } else if (permit !== undefined) {
          if (act === 'failed') permit.failed('down')
          else if (act === 'openFor') permit.openFor(ms, 'throttled')
          else permit[act]()
          if (permit === probe) probe = undefined
          if (act !== 'begun') open.splice(open.indexOf(permit), 1)
        }
        const snapshot = breaker.snapshot()
        if (snapshot.state !== 'probing') probe = undefined
        if (snapshot.state === 'open') promised = clock.now() + (snapshot.reopensInMs ?? 0)
      }
    }),
    { numRuns: 300 },
  )
})
