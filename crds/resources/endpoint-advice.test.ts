import assert from 'node:assert/strict'
import { test } from 'node:test'
import { adviseEndpoint } from './endpoint-advice.ts'

test('the address of an operation is taken for a slip, with the base that is meant', () => {
  assert.equal(
    adviseEndpoint('https://api.openai.com/v1/chat/completions'),
    'ends with /chat/completions, to which each call adds its own: https://api.openai.com/v1 is likely meant',
  )
  assert.match(adviseEndpoint('https://api.anthropic.com/v1/messages') ?? '', /api\.anthropic\.com\/v1 is/)
  assert.match(adviseEndpoint('https://api.cohere.com/v2/embed') ?? '', /^ends with \/embed/)
})

test('the vendor without its version is one too', () => {
  assert.match(adviseEndpoint('https://api.openai.com') ?? '', /^has no version/)
})

test('nothing is said of base URLs', () => {
  for (const url of [
    'https://api.openai.com/v1',
    'https://api.anthropic.com',
    'https://api.anthropic.com/v1',
    'http://vllm.models.svc:8000',
    'http://chat.models.svc/embeddings/v1',
    'https://generativelanguage.googleapis.com/v1beta',
  ]) {
    assert.equal(adviseEndpoint(url), undefined, url)
  }
})
