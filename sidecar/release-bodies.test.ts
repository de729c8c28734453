import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import type { ChainListener } from './chain/events.ts'
import { releaseLargeBodies } from './release-bodies.ts'
import { attemptEnded, requestEnded } from './telemetry/example-events.ts'

const mebibyte = 1024 * 1024
let collections: number
let listener: ChainListener

beforeEach(() => {
  collections = 0
  listener = releaseLargeBodies(() => {
    collections += 1
  })
})

function endRequests(count: number, requestBytes: number): void {
  for (let request = 0; request < count; request += 1) listener(requestEnded({ requestBytes }))
}

test('collects after every 8 MiB of large prompts', () => {
  endRequests(7, mebibyte)
  assert.equal(collections, 0)
  endRequests(1, mebibyte)
  assert.equal(collections, 1)
  endRequests(16, mebibyte)
  assert.equal(collections, 3)
  endRequests(2, 30 * mebibyte)
  assert.equal(collections, 5)
})

test('leaves small ones to the engine', () => {
  endRequests(1_000, 64 * 1024 - 1)
  listener(attemptEnded({}))
  assert.equal(collections, 0)
})

test('does nothing where the engine lends no collector', () => {
  assert.equal(globalThis.gc, undefined)
  listener = releaseLargeBodies()
  endRequests(1, 30 * mebibyte)
})
