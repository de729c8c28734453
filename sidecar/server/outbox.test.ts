import assert from 'node:assert/strict'
import test from 'node:test'
import { Outbox } from './outbox.ts'

test('text stays text', () => {
  const outbox = new Outbox()
  outbox.add('a')
  outbox.add('')
  outbox.add('b')
  assert.equal(outbox.take(), 'ab')
  assert.equal(outbox.isEmpty, true)
  assert.equal(outbox.take(), '')
})

test('text and bytes leave in their order', () => {
  const outbox = new Outbox()
  outbox.add('é')
  outbox.add(Buffer.from([0, 255]))
  outbox.add('c')
  assert.equal(outbox.isEmpty, false)
  assert.deepEqual(Buffer.from(outbox.take()), Buffer.concat([Buffer.from('é'), Buffer.from([0, 255, 99])]))
  assert.equal(outbox.isEmpty, true)
})

test('a single piece of bytes is not copied, and an empty one is nothing', () => {
  const outbox = new Outbox()
  outbox.add(new Uint8Array())
  assert.equal(outbox.isEmpty, true)
  const bytes = Buffer.from('x')
  outbox.add(bytes)
  assert.equal(outbox.take(), bytes)
})
