import assert from 'node:assert/strict'
import { test } from 'node:test'
import { editRequest } from './edit-request.ts'

test('nothing to change gives no edits', () => {
  assert.deepEqual(
    editRequest({ model: 'm', max_tokens: 5 }, { model: 'm', maxOutputTokens: 10, wantUsage: true }),
    [],
  )
})

test('lowers the cap under the name that the caller used, and never raises it', () => {
  const change = { model: 'm', maxOutputTokens: 10, wantUsage: false }
  assert.deepEqual(editRequest({ model: 'm', max_tokens: 50 }, change), [{ name: 'max_tokens', value: 10 }])
  assert.deepEqual(editRequest({ model: 'm', max_completion_tokens: 50, max_tokens: 5 }, change), [
    { name: 'max_completion_tokens', value: 10 },
  ])
})

test('sets the cap under the name that the model knows when the caller gave none', () => {
  const change = { maxOutputTokens: 10, wantUsage: false }
  assert.deepEqual(editRequest({ model: 'x', max_tokens: null }, { ...change, model: 'gpt-4o' }), [
    { name: 'model', value: 'gpt-4o' },
    { name: 'max_completion_tokens', value: 10 },
  ])
  assert.deepEqual(editRequest({ model: 'llama' }, { ...change, model: 'llama' }), [
    { name: 'max_tokens', value: 10 },
  ])
})

test('asks a stream for usage and keeps the other stream options', () => {
  const change = { model: 'm', wantUsage: true }
  assert.deepEqual(editRequest({ model: 'm', stream: true }, change), [
    { name: 'stream_options', value: { include_usage: true } },
  ])
  assert.deepEqual(
    editRequest({ model: 'm', stream: true, stream_options: { include_obfuscation: false } }, change),
    [{ name: 'stream_options', value: { include_obfuscation: false, include_usage: true } }],
  )
  assert.deepEqual(
    editRequest({ model: 'm', stream: true, stream_options: { include_usage: true } }, change),
    [],
  )
  assert.deepEqual(editRequest({ model: 'm' }, change), [])
})
