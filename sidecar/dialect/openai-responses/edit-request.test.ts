import assert from 'node:assert/strict'
import { test } from 'node:test'
import { editDrops, editRequest, editsContent } from './edit-request.ts'

const change = { model: 'gpt-5', wantUsage: true }

test('nothing to change changes nothing, references to stored answers included', () => {
  const body = { model: 'gpt-5', input: 'x', stream: true, previous_response_id: 'resp_1', background: true }
  assert.deepEqual(editRequest(body, change), [])
})

test('a cap lowers what was asked, or sets it', () => {
  const capped = { ...change, maxOutputTokens: 50 }
  const edit = [{ name: 'max_output_tokens', value: 50 }]
  assert.deepEqual(editRequest({ model: 'gpt-5' }, capped), edit)
  assert.deepEqual(editRequest({ model: 'gpt-5', max_output_tokens: 60 }, capped), edit)
  assert.deepEqual(editRequest({ model: 'gpt-5', max_output_tokens: 40 }, capped), [])
})

test('takes out reasoning that another vendor wrote, and nothing else', () => {
  const own = { type: 'reasoning', id: 'rs_0abc', summary: [], encrypted_content: 'x' }
  const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '{}' }
  const foreign = { type: 'reasoning', id: 'rs_fallback_1', summary: [{ type: 'summary_text', text: 'hm' }] }
  const reference = { type: 'item_reference', id: 'rs_fallback_1' }
  const body = { model: 'gpt-5', input: [own, call, foreign, reference] }
  assert.equal(editsContent(body), true)
  assert.deepEqual(editRequest(body, change), [{ name: 'input', value: [own, call] }])
  assert.equal(editsContent({ model: 'gpt-5', input: [own, call] }), false)
})

test('takes out answers of another vendor that are named by their id alone, and says so', () => {
  const kept = { type: 'message', id: 'msg_fallback_1', role: 'assistant', content: [] }
  const stored = { type: 'item_reference', id: 'msg_0abc' }
  const lost = { type: 'item_reference', id: 'msg_fallback_1' }
  const body = { model: 'gpt-5', input: [kept, stored, lost] }
  assert.deepEqual(editRequest(body, change), [{ name: 'input', value: [kept, stored] }])
  assert.deepEqual(editDrops(body), ['input.item_reference'])
  assert.deepEqual(editDrops({ input: [{ type: 'item_reference', id: 'rs_fallback_1' }] }), [])
})
