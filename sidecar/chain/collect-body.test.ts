import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { Cancellation } from '../resilience/cancellation.ts'
import { collectRefusal } from './collect-body.ts'
import { Lifeline } from './lifeline.ts'
import type { BodyConsumer, UpstreamBody } from './ports.ts'

class FakeBody implements UpstreamBody {
  aborts = 0
  consumer: BodyConsumer | undefined
  readonly pause = () => undefined
  readonly resume = () => undefined

  consume(consumer: BodyConsumer): void {
    this.consumer = consumer
  }

  abort(): void {
    this.aborts += 1
  }
}

function begin() {
  const clock = new FakeClock()
  const body = new FakeBody()
  const lifeline = new Lifeline(new Cancellation(), clock)
  const sizes: number[] = []
  const record = { received: (bytes: number) => void sizes.push(bytes) }
  const collected = collectRefusal(body, { lifeline, record, clock })
  return { clock, body, lifeline, collected, sizes }
}

test('words that come whole are kept', async () => {
  const { body, collected, clock, sizes } = begin()
  body.consumer?.data(Buffer.from('{"a"'))
  body.consumer?.data(Buffer.from(':1}'))
  body.consumer?.end()
  assert.equal(String(await collected), '{"a":1}')
  assert.deepEqual(sizes, [4, 3])
  await clock.advance(60_000)
  assert.equal(body.aborts, 0)
})

test('a failure whose words never end is known by its head after two seconds', async () => {
  const { body, collected, clock } = begin()
  body.consumer?.data(Buffer.from('{"error"'))
  await clock.advance(1_999)
  assert.equal(body.aborts, 0)
  await clock.advance(1)
  assert.equal(await collected, undefined)
  assert.equal(body.aborts, 1)
})

test('so are one that breaks off, one that is too long, and one whose attempt is cut', async () => {
  const broken = begin()
  broken.body.consumer?.error({ kind: 'StreamInterrupted', detail: 'reset' })
  assert.equal(await broken.collected, undefined)
  const long = begin()
  for (let piece = 0; piece < 17; piece += 1) long.body.consumer?.data(Buffer.alloc(64 * 1024))
  assert.equal(await long.collected, undefined)
  assert.ok(long.body.aborts > 0)
  const cut = begin()
  cut.lifeline.expire('total')
  assert.equal(await cut.collected, undefined)
  assert.equal(cut.body.aborts, 1)
})
