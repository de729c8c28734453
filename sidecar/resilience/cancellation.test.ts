import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Cancellation } from './cancellation.ts'

test('every listener hears of it once, in the order in which they came', () => {
  const cancellation = new Cancellation()
  const heard: string[] = []
  for (const name of ['one', 'two', 'three']) cancellation.signal.onAbort(() => void heard.push(name))
  assert.equal(cancellation.signal.aborted, false)
  cancellation.abort()
  cancellation.abort()
  assert.equal(cancellation.signal.aborted, true)
  assert.deepEqual(heard, ['one', 'two', 'three'])
})

test('who has left hears nothing, whichever place it had', () => {
  const cancellation = new Cancellation()
  const heard: string[] = []
  const listeners = ['one', 'two', 'three'].map(name => () => void heard.push(name))
  for (const listener of listeners) cancellation.onAbort(listener)
  for (const listener of listeners.slice(0, 2)) cancellation.offAbort(listener)
  cancellation.onAbort(() => void heard.push('four'))
  cancellation.abort()
  assert.deepEqual(heard.sort(), ['four', 'three'])
})

test('who comes too late is not called: it looks at the flag', () => {
  const cancellation = new Cancellation()
  cancellation.abort()
  cancellation.onAbort(() => assert.fail('called'))
  assert.equal(cancellation.aborted, true)
})

test('a listener may leave while the word goes round', () => {
  const cancellation = new Cancellation()
  let calls = 0
  const second = () => {
    calls += 1
  }
  cancellation.onAbort(() => cancellation.offAbort(second))
  cancellation.onAbort(second)
  cancellation.abort()
  assert.ok(calls <= 1)
})
