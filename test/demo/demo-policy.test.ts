import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readDemoPolicy } from './demo-policy.ts'

test('changes endpoints and waits of the quickstart and nothing else', async () => {
  const text = await readDemoPolicy({ openai: 'http://127.0.0.1:1/v1', anthropic: 'http://127.0.0.1:2' })
  assert.match(text, /endpoint: http:\/\/127\.0\.0\.1:1\/v1\n/)
  assert.match(text, /endpoint: http:\/\/127\.0\.0\.1:2\n/)
  assert.match(text, /deadline: 4s/)
  assert.match(text, /firstToken: 1s/)
  assert.match(text, /openFor: 1s/)
  assert.match(text, /name: apology/)
  assert.doesNotMatch(text, /https:/)
})
