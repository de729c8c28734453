import assert from 'node:assert/strict'
import { test } from 'node:test'
import { azureOpenAi } from './azure-openai.ts'

const catalogue = 'https://some.services.ai.azure.com/models'

test('the catalogue of other vendors’ models has the model in the body and a version', () => {
  const input = {
    format: 'openai-chat',
    endpoint: 'completion',
    model: 'grok-4',
    stream: false,
    framing: 'sse',
    base: catalogue,
  } as const
  assert.equal(
    azureOpenAi.path({ ...input, query: () => undefined }),
    '/chat/completions?api-version=2024-05-01-preview',
  )
  assert.equal(
    azureOpenAi.path({ ...input, query: () => '2025-01-01' }),
    '/chat/completions?api-version=2025-01-01',
  )
})

test('the catalogue has no Responses', () => {
  assert.equal(azureOpenAi.speaks('openai-responses', catalogue), false)
  assert.equal(azureOpenAi.speaks('openai-chat', catalogue), true)
  assert.equal(azureOpenAi.speaks('openai-responses', 'https://some.openai.azure.com'), true)
})

test('an access token is shown as one, a key as a key', () => {
  assert.deepEqual(azureOpenAi.credential(catalogue), { kind: 'header', name: 'api-key', tokens: 'bearer' })
})
