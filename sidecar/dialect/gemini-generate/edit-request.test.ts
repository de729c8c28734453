import assert from 'node:assert/strict'
import { test } from 'node:test'
import { editRequest } from './edit-request.ts'

const change = { model: 'gemini-b', wantUsage: true }

test('leaves a body alone that says neither the model nor more than the cap', () => {
  assert.deepEqual(
    editRequest({ generationConfig: { maxOutputTokens: 5 } }, { ...change, maxOutputTokens: 9 }),
    [],
  )
})

test('corrects a model that the body repeats', () => {
  assert.deepEqual(editRequest({ model: 'models/gemini-a' }, change), [
    { name: 'model', value: 'models/gemini-b' },
  ])
  assert.deepEqual(editRequest({ model: 'models/gemini-b' }, change), [])
})

test('sets or lowers the limit under the caller’s own spelling', () => {
  const capped = { ...change, maxOutputTokens: 9 }
  assert.deepEqual(editRequest({}, capped), [{ name: 'generationConfig', value: { maxOutputTokens: 9 } }])
  assert.deepEqual(editRequest({ generation_config: { max_output_tokens: 50, top_k: 1 } }, capped), [
    { name: 'generation_config', value: { max_output_tokens: 9, top_k: 1 } },
  ])
})
