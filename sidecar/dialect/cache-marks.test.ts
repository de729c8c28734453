import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noteCacheMarks } from './cache-marks.ts'
import type { CompletionRequest } from './completion.ts'

const base: CompletionRequest = { model: 'm', stream: false, messages: [], tools: [], untranslated: [] }

function noted(request: Partial<CompletionRequest>): readonly string[] {
  const lost = new Set<string>()
  noteCacheMarks({ ...base, ...request }, lost)
  return [...lost]
}

const marked = [{ kind: 'text', text: 'long', cacheControl: {} }] as const

test('marks of what is to be kept are named by where they stood', () => {
  assert.deepEqual(noted({ messages: [{ role: 'system', content: marked }] }), ['system.cache_control'])
  assert.deepEqual(noted({ messages: [{ role: 'user', content: marked }] }), [
    'messages.content.cache_control',
  ])
  assert.deepEqual(noted({ tools: [{ name: 't', parameters: {}, cacheControl: {} }] }), [
    'tools.cache_control',
  ])
})

test('a request without marks has lost none', () => {
  assert.deepEqual(noted({ messages: [{ role: 'user', content: [{ kind: 'text', text: 'hi' }] }] }), [])
})
