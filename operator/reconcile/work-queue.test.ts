import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { type WorkFailure, WorkQueue, type WorkQueueLimits } from './work-queue.ts'

interface Setup {
  readonly clock: FakeClock
  readonly queue: WorkQueue
  readonly runs: string[]
  readonly failures: WorkFailure[]
}

function setUp(run: (key: string) => void | Promise<void>, limits: Partial<WorkQueueLimits> = {}): Setup {
  const clock = new FakeClock()
  const runs: string[] = []
  const failures: WorkFailure[] = []
  const queue = new WorkQueue({
    clock,
    random: () => 0,
    run: key => {
      runs.push(`${key}@${clock.now()}`)
      return run(key)
    },
    onFailure: failure => failures.push(failure),
    limits,
  })
  return { clock, queue, runs, failures }
}

const nothing = () => undefined

test('a key that is named many times in a burst runs once, after the quiet time', () => {
  const { clock, queue, runs } = setUp(nothing)
  for (let time = 0; time < 3; time += 1) {
    queue.add('a')
    clock.tick(50)
  }
  clock.tick(1000)
  assert.deepEqual(runs, ['a@200'])
})

test('a key that is named all the time runs once a second', () => {
  const { clock, queue, runs } = setUp(nothing)
  for (let time = 0; time < 50; time += 1) {
    queue.add('a')
    clock.tick(50)
  }
  assert.deepEqual(runs, ['a@1000', 'a@2000'])
})

test('a key that is named while it runs runs once more, afterwards', async () => {
  const ends: (() => void)[] = []
  const { clock, queue, runs } = setUp(() => new Promise(resolve => ends.push(resolve)))
  queue.add('a')
  await clock.advance(100)
  queue.add('a')
  queue.add('a')
  await clock.advance(5000)
  assert.deepEqual(runs, ['a@100'])
  ends[0]?.()
  await clock.advance(0)
  await clock.advance(0)
  assert.deepEqual(runs, ['a@100', 'a@5100'])
})

test('a failure comes back later and later, and success forgets it', () => {
  let isBroken = true
  const { clock, queue, runs, failures } = setUp(() => {
    if (isBroken) throw new Error('broken')
  })
  queue.add('a')
  clock.tick(100 + 100 + 200 + 400)
  assert.deepEqual(runs, ['a@100', 'a@200', 'a@400', 'a@800'])
  assert.deepEqual(
    failures.map(({ retryInMs }) => retryInMs),
    [100, 200, 400, 800],
  )
  isBroken = false
  clock.tick(60_000)
  assert.equal(runs.length, 5)
  isBroken = true
  queue.add('a')
  clock.tick(100)
  assert.equal(failures.at(-1)?.retryInMs, 100)
})

test('a retry is never further away than the longest one', async () => {
  const { clock, queue, failures } = setUp(() => Promise.reject(new Error('broken')), {
    longestRetryMs: 1000,
  })
  queue.add('a')
  await clock.advance(20_000)
  assert.equal(failures.at(-1)?.retryInMs, 500)
})

test('naming a key that waits for its retry brings the retry forward', () => {
  let isBroken = true
  const { clock, queue, runs } = setUp(
    () => {
      if (isBroken) throw new Error('broken')
    },
    { firstRetryMs: 20_000 },
  )
  queue.add('a')
  clock.tick(100)
  isBroken = false
  queue.add('a')
  clock.tick(100)
  assert.deepEqual(runs, ['a@100', 'a@200'])
})

test('other work of the process gets its turn between slices of a long row', () => {
  const clock = new FakeClock()
  const runs: number[] = []
  const queue = new WorkQueue({
    // Every look at this clock takes a while, as work does.
    clock: {
      now: () => {
        clock.tick(3)
        return clock.now()
      },
      wallTime: () => clock.wallTime(),
      schedule: (milliseconds, run) => clock.schedule(milliseconds, run),
    },
    random: () => 0,
    run: () => void runs.push(clock.now()),
    onFailure: nothing,
    limits: { quietMs: 0 },
  })
  for (let key = 0; key < 20; key += 1) queue.addAfter(String(key), 1000)
  clock.tick(1000)
  assert.ok(runs.length < 20, `${runs.length} runs in one turn`)
  clock.tick(1000)
  assert.equal(runs.length, 20)
})

test('nothing begins after the stop, and no alarm is left', () => {
  const { clock, queue, runs } = setUp(nothing)
  queue.add('a')
  queue.stop()
  queue.add('b')
  clock.tick(10_000)
  assert.deepEqual(runs, [])
  assert.equal(clock.pending, 0)
})

test('a removed key does not run', () => {
  const { clock, queue, runs } = setUp(nothing)
  queue.add('a')
  queue.remove('a')
  clock.tick(1000)
  assert.deepEqual(runs, [])
})

type Step =
  | { readonly kind: 'add'; readonly key: string }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'end'; readonly isGood: boolean }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), key: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 1500 }) }),
  fc.record({ kind: fc.constant('end' as const), isGood: fc.boolean() }),
)

test('every add is followed by a run that begins after it, and no key runs twice at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.integer({ min: 1, max: 3 }),
      async (steps, concurrency) => {
        const running = new Map<string, (isGood: boolean) => void>()
        const owed = new Set<string>()
        const start = (key: string) => {
          assert.ok(!running.has(key), `${key} runs twice`)
          assert.ok(running.size < concurrency, 'too many run at once')
          owed.delete(key)
          return new Promise<void>((resolve, reject) => {
            running.set(key, isGood => {
              running.delete(key)
              if (isGood) return resolve()
              owed.add(key)
              reject(new Error('broken'))
            })
          })
        }
        const { clock, queue } = setUp(start, { concurrency })
        for (const one of steps) {
          if (one.kind === 'wait') await clock.advance(one.ms)
          else if (one.kind === 'end') [...running.values()][0]?.(one.isGood)
          else {
            owed.add(one.key)
            queue.add(one.key)
          }
        }
        for (let round = 0; round < 20 && (owed.size > 0 || running.size > 0); round += 1) {
          for (const end of [...running.values()]) end(true)
          await clock.advance(40_000)
        }
        await clock.advance(0)
        assert.deepEqual([...owed], [])
        assert.equal(queue.size, 0)
      },
    ),
    { numRuns: 60 },
  )
})
