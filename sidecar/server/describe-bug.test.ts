import assert from 'node:assert/strict'
import test from 'node:test'
import { describeBug } from './describe-bug.ts'

test('tells class, code and place of a bug and its causes, and no message', () => {
  const bug = new Error('quoted prompt\n    second line', { cause: new TypeError('more prompt') })
  const text = JSON.stringify(describeBug(bug))
  assert.match(text, /"name":"Error".*describe-bug\.test\.ts.*"cause":\{"name":"TypeError"/)
  assert.doesNotMatch(text, /prompt|second line/)
})

test('a cause that goes round in circles ends', () => {
  const bug = new Error('a')
  bug.cause = bug
  assert.ok(JSON.stringify(describeBug(bug)).length > 0)
})

test('something thrown that is no error is named by its type only', () => {
  assert.deepEqual(describeBug('secret'), { thrown: 'string' })
})
