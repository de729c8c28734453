import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  afterOffer,
  afterVerdict,
  afterWithdrawal,
  mustWithdraw,
  nextOffer,
  type Offers,
  openOffers,
} from './offers.ts'
import { digestOf, sampleAssignment } from './sample-cluster.ts'

const [a, b] = ['a', 'b'].map(digit => sampleAssignment({ digit }))
assert.ok(a !== undefined && b !== undefined)

function offer(offers: Offers, assignment: typeof a): Offers {
  assert.ok(assignment !== undefined)
  return afterOffer(offers, assignment, nextOffer(offers, assignment, 'released'))
}

function answer(offers: Offers, digit: string, verdict: 'Applied' | 'Rejected'): Offers {
  const after = afterVerdict(offers, {
    kind: 'verdict',
    digest: digestOf(digit),
    verdict,
    message: 'because',
  })
  assert.ok(after !== undefined)
  return after
}

const fresh = openOffers(undefined, undefined)

test('offers the snapshot to a sidecar that has none', () => {
  assert.deepEqual(nextOffer(fresh, a, 'released'), { credentials: false, snapshot: true })
})

test('does not send again what the sidecar has live as it connects', () => {
  assert.equal(nextOffer(openOffers(digestOf('a'), undefined), a, 'released').snapshot, false)
})

test('does not send again what was sent and not answered', () => {
  assert.equal(nextOffer(offer(fresh, a), a, 'released').snapshot, false)
})

test('sends the live one again while another one may still be applied over it', () => {
  const offered = offer(openOffers(digestOf('a'), undefined), b)
  assert.equal(nextOffer(offered, a, 'released').snapshot, true)
})

test('does not repeat a rejected snapshot until the assignment has changed', () => {
  const rejected = answer(offer(openOffers(digestOf('a'), undefined), b), 'b', 'Rejected')
  assert.equal(nextOffer(rejected, b, 'released').snapshot, false)
  const back = offer(rejected, a)
  assert.equal(nextOffer(rejected, a, 'released').snapshot, false)
  assert.equal(nextOffer(back, b, 'released').snapshot, true)
})

test('offers a rejected snapshot again when its credentials change', () => {
  const first = sampleAssignment({ digit: 'a', credentials: '1' })
  const second = sampleAssignment({ digit: 'a', credentials: '2' })
  const rejected = answer(offer(fresh, first), 'a', 'Rejected')
  assert.deepEqual(nextOffer(rejected, second, 'released'), { credentials: true, snapshot: true })
})

test('sends credentials on every stream, also where the snapshot is live', () => {
  const first = sampleAssignment({ digit: 'a', credentials: '1' })
  assert.deepEqual(nextOffer(openOffers(digestOf('a'), undefined), first, 'released'), {
    credentials: true,
    snapshot: false,
  })
})

test('sends credentials again only when their version changes', () => {
  const first = sampleAssignment({ digit: 'a', credentials: '1' })
  const second = sampleAssignment({ digit: 'a', credentials: '2' })
  const offered = offer(fresh, first)
  assert.equal(nextOffer(offered, first, 'released').credentials, false)
  assert.deepEqual(nextOffer(offered, second, 'released'), { credentials: true, snapshot: false })
})

test('refuses a verdict on what was never offered', () => {
  assert.equal(afterVerdict(fresh, { kind: 'verdict', digest: digestOf('a'), verdict: 'Applied' }), undefined)
})

test('takes a verdict that is sent twice', () => {
  const rejected = answer(offer(fresh, a), 'a', 'Rejected')
  assert.deepEqual(answer(rejected, 'a', 'Rejected'), rejected)
  const applied = answer(offer(fresh, a), 'a', 'Applied')
  assert.deepEqual(answer(applied, 'a', 'Applied'), applied)
})

test('keeps what is live when a snapshot is rejected, and forgets the refusal when one is applied', () => {
  const rejected = answer(offer(openOffers(digestOf('a'), undefined), b), 'b', 'Rejected')
  assert.equal(rejected.live, digestOf('a'))
  assert.deepEqual(rejected.rejected, { digest: digestOf('b'), message: 'because' })
  const applied = answer(offer(offer(rejected, a), b), 'b', 'Applied')
  assert.equal(applied.live, digestOf('b'))
  assert.equal(applied.rejected, undefined)
})

test('ignores a verdict that a later one has overtaken', () => {
  const applied = answer(offer(offer(fresh, a), b), 'b', 'Applied')
  assert.equal(
    afterVerdict(applied, { kind: 'verdict', digest: digestOf('a'), verdict: 'Applied' }),
    undefined,
  )
})

// A sidecar that works frames off in order, at its own pace, ends up with what it was assigned last, whatever happened before.
test('whatever is published and however slowly it is answered, the last assignment is what ends up live', () => {
  const action = fc.oneof(
    fc.record({ publish: fc.constantFrom('a', 'b', 'c') }),
    fc.constant({ work: true as const }),
  )
  fc.assert(
    fc.property(
      fc.option(fc.constantFrom('a', 'b')),
      fc.array(action, { maxLength: 30 }),
      (live, actions) => {
        let running: string | undefined = live ?? undefined
        let offers = openOffers(live === null ? undefined : digestOf(live), undefined)
        const inbox: string[] = []
        const work = () => {
          const next = inbox.shift()
          if (next === undefined) return
          running = next
          // Older than the oldest that is remembered: the server answers 409 and nothing changes.
          offers =
            afterVerdict(offers, { kind: 'verdict', digest: digestOf(next), verdict: 'Applied' }) ?? offers
        }
        let last: string | undefined
        for (const one of actions) {
          if ('work' in one) work()
          else {
            last = one.publish
            const assignment = sampleAssignment({ digit: last })
            const next = nextOffer(offers, assignment, 'released')
            offers = afterOffer(offers, assignment, next)
            if (next.snapshot) inbox.push(last)
          }
        }
        while (inbox.length > 0) work()
        if (last === undefined) return
        assert.equal(running, last)
        assert.equal(offers.live, digestOf(last))
        assert.ok(offers.unanswered.length <= 8)
      },
    ),
  )
})

test('keys that are withheld are not offered, and go out again once they are released', () => {
  const assignment = sampleAssignment({ digit: 'a', credentials: '1' })
  const sent = offer(fresh, assignment)
  assert.equal(mustWithdraw(sent), true)
  const withdrawn = afterWithdrawal(sent)
  assert.equal(mustWithdraw(withdrawn), false)
  assert.deepEqual(nextOffer(withdrawn, assignment, 'withheld'), { credentials: false, snapshot: false })
  assert.deepEqual(nextOffer(withdrawn, assignment, 'released'), { credentials: true, snapshot: false })
})
