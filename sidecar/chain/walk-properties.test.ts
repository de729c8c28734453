import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type FailureKind, failureKinds } from '../../crds/vocabulary.ts'
import { fail, reply, type Turn, WalkKit } from '../../test/support/walk-kit.ts'
import { walkChain } from './walk-chain.ts'

const anyTurn: fc.Arbitrary<Turn> = fc.oneof(
  fc.constant(reply()),
  fc.constant<Turn>({ kind: 'silence' }),
  fc
    .record({
      kind: fc.constantFrom<FailureKind>(...failureKinds),
      retryAfterMs: fc.option(fc.nat(20_000), { nil: undefined }),
    })
    .map(({ kind, retryAfterMs }) => fail(kind, retryAfterMs === undefined ? {} : { retryAfterMs })),
)
const anyTarget = fc.record({
  turns: fc.array(anyTurn, { minLength: 1, maxLength: 4 }),
  retries: fc.nat(5),
  totalMs: fc.integer({ min: 10, max: 20_000 }),
  when: fc.option(fc.subarray([...failureKinds]), { nil: undefined }),
})

test('property: a walk never exceeds its deadline or its attempts, and never goes back', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyTarget, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 30_000 }),
      async (targets, attempts, deadlineMs) => {
        const kit = new WalkKit()
        const steps = targets.map(({ turns, retries, totalMs, when }, hop) =>
          kit.target(hop, {
            name: `t${hop}`,
            turns,
            step: {
              retry: { attempts: retries, initialMs: 50, factor: 3, maxMs: 1000 },
              timeout: { connectMs: 100, firstTokenMs: totalMs, idleMs: totalMs, totalMs },
              ...(when && hop > 0 && { when }),
            },
          }),
        )
        let endedAt = Number.POSITIVE_INFINITY
        const walking = walkChain(steps, kit.walk({ attempts, deadlineMs })).then(outcome => {
          endedAt = kit.clock.now()
          return outcome
        })
        for (let waited = 0; waited <= 40_000 && endedAt === Number.POSITIVE_INFINITY; waited += 2000) {
          await kit.clock.advance(2000)
        }
        const outcome = await walking
        assert.ok(kit.sent.length <= attempts, 'attempts')
        assert.ok(
          kit.sent.every(call => call.at <= deadlineMs - 50),
          'no attempt starts in the last 50 ms',
        )
        const hops = outcome.trail.map(entry => entry.hop)
        assert.deepEqual(
          hops,
          [...hops].sort((a, b) => a - b),
          'only forward',
        )
        assert.equal(kit.clock.pending, 0, 'no timer is left behind')
      },
    ),
    { numRuns: 150 },
  )
})
