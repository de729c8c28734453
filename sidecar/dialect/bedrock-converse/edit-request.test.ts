import assert from 'node:assert/strict'
import { test } from 'node:test'
import { editRequest } from './edit-request.ts'

const change = { model: 'another', wantUsage: true }
const capped = { ...change, maxOutputTokens: 2000 }

test('a change of the model alone changes no byte: it is in the path', () => {
  assert.deepEqual(editRequest({ messages: [] }, change), [])
})

test('the cap of the policy is set where nothing or more was asked', () => {
  assert.deepEqual(editRequest({}, capped), [{ name: 'inferenceConfig', value: { maxTokens: 2000 } }])
  assert.deepEqual(editRequest({ inferenceConfig: { maxTokens: 5000, topP: 1 } }, capped), [
    { name: 'inferenceConfig', value: { maxTokens: 2000, topP: 1 } },
  ])
  assert.deepEqual(editRequest({ inferenceConfig: { maxTokens: 10 } }, capped), [])
})

test('a thinking budget stays below the cap, and goes where no room is left', () => {
  const thinking = { type: 'enabled', budget_tokens: 3000 }
  const body = { additionalModelRequestFields: { thinking, top_k: 1 } }
  assert.deepEqual(editRequest(body, capped)[1], {
    name: 'additionalModelRequestFields',
    value: { thinking: { ...thinking, budget_tokens: 1999 }, top_k: 1 },
  })
  assert.deepEqual(editRequest(body, { ...change, maxOutputTokens: 100 })[1], {
    name: 'additionalModelRequestFields',
    value: { top_k: 1 },
  })
})
