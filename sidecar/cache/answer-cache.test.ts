import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CachedAnswer } from '../chain/ports.ts'
import type { Clock } from '../resilience/clock.ts'
import { createAnswerCache } from './answer-cache.ts'

const origin = { provider: 'openai', model: 'gpt-4o' }
const mebibyte = 1024 * 1024

function startCache(maxBytes = 8 * mebibyte) {
  let now = 0
  const clock: Clock = { now: () => now, wallTime: () => now, schedule: () => () => undefined }
  return {
    cache: createAnswerCache({ maxBytes, clock }),
    setNow(ms: number) {
      now = ms
    },
  }
}

function wholeAnswer(bytes: Buffer, storedAt = 0): CachedAnswer {
  return { body: { kind: 'whole', bytes }, origin, storedAt }
}

test('finds an answer that is as old as allowed and no older', () => {
  const { cache, setNow } = startCache()
  cache.store('key', wholeAnswer(Buffer.from('answer')))
  setNow(1000)
  assert.deepEqual(cache.find('key', 1000), wholeAnswer(Buffer.from('answer')))
  assert.equal(cache.find('key', 999), undefined)
  assert.equal(cache.find('other', 1000), undefined)
})

test('an answer too old for one policy is still there for another', () => {
  const { cache, setNow } = startCache()
  cache.store('key', wholeAnswer(Buffer.from('answer')))
  setNow(1000)
  assert.equal(cache.find('key', 10), undefined)
  assert.ok(cache.find('key', 5000) !== undefined)
})

test('no answer outlives a day, whatever a policy asks', () => {
  const { cache, setNow } = startCache()
  cache.store('key', wholeAnswer(Buffer.from('answer')))
  setNow(24 * 60 * 60 * 1000 + 1)
  assert.equal(cache.find('key', Number.MAX_SAFE_INTEGER), undefined)
  assert.equal(cache.stats().entries, 0)
})

test('gives a stream back as the text that it was', () => {
  const { cache } = startCache()
  const answer: CachedAnswer = { body: { kind: 'stream', text: 'data: {"é":"😀"}\n\n' }, origin, storedAt: 0 }
  cache.store('key', answer)
  assert.deepEqual(cache.find('key', 1), answer)
})

test('stays within its bytes by dropping what was used longest ago', () => {
  const { cache } = startCache(10_000)
  for (let index = 0; index < 100; index += 1)
    cache.store(`key-${index}`, wholeAnswer(Buffer.alloc(1500, index)))
  assert.ok(cache.stats().bytes <= 10_000)
  assert.equal(cache.find('key-0', 1), undefined)
  assert.ok(cache.find('key-99', 1) !== undefined)
})

test('an answer of more than a mebibyte is not kept and drops nothing else', () => {
  const { cache } = startCache()
  cache.store('small', wholeAnswer(Buffer.from('answer')))
  cache.store('large', wholeAnswer(Buffer.alloc(mebibyte + 1)))
  assert.equal(cache.find('large', 1), undefined)
  assert.ok(cache.find('small', 1) !== undefined)
})

test('does not hold on to the block of memory that an answer was cut from', () => {
  const { cache } = startCache()
  const block = Buffer.alloc(mebibyte, 'x')
  cache.store('key', wholeAnswer(block.subarray(10, 20)))
  const found = cache.find('key', 1)
  assert.ok(found?.body.kind === 'whole')
  assert.equal(found.body.bytes.buffer.byteLength, 10)
  assert.equal(found.body.bytes.toString(), 'xxxxxxxxxx')
})
