import assert from 'node:assert/strict'
import { test } from 'node:test'
import { editRequest } from './edit-request.ts'

const change = { model: 'claude', wantUsage: false }

test('changes nothing where nothing has to change', () => {
  assert.deepEqual(editRequest({ model: 'claude', max_tokens: 10 }, { ...change, maxOutputTokens: 10 }), [])
})

test('replaces the model and lowers the cap', () => {
  assert.deepEqual(editRequest({ model: 'old', max_tokens: 10 }, { ...change, maxOutputTokens: 5 }), [
    { name: 'model', value: 'claude' },
    { name: 'max_tokens', value: 5 },
  ])
})

test('adds no cap to a token count, where it is refused', () => {
  assert.deepEqual(editRequest({ model: 'claude' }, { ...change, maxOutputTokens: 5 }), [])
})

test('keeps a thinking budget below the lowered cap, or takes thinking out', () => {
  const body = { model: 'claude', max_tokens: 9000, thinking: { type: 'enabled', budget_tokens: 5000 } }
  const edited = (maxOutputTokens: number) => editRequest(body, { ...change, maxOutputTokens })
  assert.deepEqual(edited(6000), [{ name: 'max_tokens', value: 6000 }])
  assert.deepEqual(edited(3000)[1], { name: 'thinking', value: { type: 'enabled', budget_tokens: 2999 } })
  assert.deepEqual(edited(1000)[1], { name: 'thinking', value: undefined })
})
