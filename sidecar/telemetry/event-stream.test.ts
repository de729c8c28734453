import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import type { ChainEvent } from '../chain/events.ts'
import { createEventStream } from './event-stream.ts'

function asked(policy: string): ChainEvent {
  return { kind: 'cacheAsked', policy, result: 'hit' }
}

function start(onTrouble: (error: unknown) => void = assert.ifError) {
  const clock = new FakeClock()
  const stream = createEventStream({ clock, onTrouble })
  const told: ChainEvent[] = []
  stream.addListener(event => void told.push(event))
  return { clock, stream, told }
}

test('events are told together a little later, in their order', async () => {
  const { clock, stream, told } = start()
  stream.emit(asked('a'))
  stream.emit(asked('b'))
  assert.deepEqual(told, [])
  await clock.advance(5)
  assert.deepEqual(told, [asked('a'), asked('b')])
  stream.emit(asked('c'))
  await clock.advance(5)
  assert.deepEqual(told.at(-1), asked('c'))
  assert.equal(told.length, 3)
})

test('whoever asks for them gets all that waits at once, and none of it twice', async () => {
  const { clock, stream, told } = start()
  stream.emit(asked('a'))
  stream.flush()
  assert.deepEqual(told, [asked('a')])
  stream.emit(asked('b'))
  await clock.advance(5)
  await clock.advance(5)
  assert.deepEqual(told, [asked('a'), asked('b')])
})

test('a burst does not wait for the clock', () => {
  const { stream, told } = start()
  for (let count = 0; count < 256; count += 1) stream.emit(asked('a'))
  assert.equal(told.length, 256)
})

test('a listener that throws keeps nothing from the others', () => {
  const troubles: unknown[] = []
  const { stream, told } = start(error => void troubles.push(error))
  stream.addListener(() => {
    throw new Error('a bug')
  })
  const later: ChainEvent[] = []
  stream.addListener(event => void later.push(event))
  stream.emit(asked('a'))
  stream.emit(asked('b'))
  stream.flush()
  assert.equal(told.length, 2)
  assert.equal(later.length, 2)
  assert.equal(troubles.length, 2)
})
