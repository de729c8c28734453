import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PathInput, ProviderBinding } from '../provider-binding.ts'
import { anthropic } from './anthropic.ts'
import { azureOpenAi } from './azure-openai.ts'
import { bedrock } from './bedrock.ts'
import { cohere } from './cohere.ts'
import { gemini } from './gemini.ts'
import { openAi } from './openai.ts'

const all: readonly ProviderBinding[] = [openAi, azureOpenAi, anthropic, gemini, bedrock, cohere]

interface Wish extends Partial<Omit<PathInput, 'query'>> {
  readonly query?: Readonly<Record<string, string>>
}

function pathOf(binding: ProviderBinding, base: string, wish: Wish = {}): string | undefined {
  const { query = {}, ...rest } = wish
  return binding.path({
    format: binding.completion,
    endpoint: 'completion',
    model: 'm',
    stream: false,
    framing: binding.framing,
    base,
    query: name => query[name],
    ...rest,
  })
}

test('every vendor speaks the formats that it is translated to', () => {
  for (const { speaks, completion, embeddings } of all) {
    assert.ok(speaks(completion, 'https://host.example'))
    if (embeddings !== undefined) assert.ok(speaks(embeddings, 'https://host.example'))
  }
})

test('OpenAI has its operations behind the base URL, and servers that only chat are not asked for responses', () => {
  const base = 'https://api.openai.com/v1'
  assert.equal(pathOf(openAi, base), '/chat/completions')
  assert.equal(pathOf(openAi, base, { format: 'openai-responses' }), '/responses')
  assert.equal(pathOf(openAi, base, { format: 'openai-embeddings', endpoint: 'embeddings' }), '/embeddings')
  assert.equal(pathOf(openAi, base, { endpoint: 'countTokens' }), undefined)
  assert.equal(openAi.speaks('openai-responses', base), true)
  assert.equal(openAi.speaks('openai-responses', 'https://api.mistral.ai/v1'), false)
  assert.equal(openAi.speaks('anthropic-messages', base), false)
})

test('Azure has the deployment in the path, with the version of the caller or a usual one', () => {
  const base = 'https://some.openai.azure.com'
  const usual = '/openai/deployments/gpt%204/chat/completions?api-version=2024-10-21'
  assert.equal(pathOf(azureOpenAi, base, { model: 'gpt 4' }), usual)
  assert.equal(
    pathOf(azureOpenAi, `${base}/openai`),
    '/deployments/m/chat/completions?api-version=2024-10-21',
  )
  const query = { 'api-version': '2025-01-01-preview' }
  assert.equal(
    pathOf(azureOpenAi, base, { query }),
    '/openai/deployments/m/chat/completions?api-version=2025-01-01-preview',
  )
  assert.match(
    pathOf(azureOpenAi, base, { format: 'openai-responses' }) ?? '',
    /^\/openai\/responses\?api-version=/,
  )
})

test('Azure behind /openai/v1 has the model in the body', () => {
  const base = 'https://some.openai.azure.com/openai/v1'
  assert.equal(pathOf(azureOpenAi, base), '/chat/completions')
  assert.equal(pathOf(azureOpenAi, base, { format: 'openai-responses' }), '/responses')
})

test('Anthropic stands behind the bare host and behind /v1', () => {
  assert.equal(pathOf(anthropic, 'https://api.anthropic.com'), '/v1/messages')
  assert.equal(
    pathOf(anthropic, 'https://gateway.example/v1', { endpoint: 'countTokens' }),
    '/messages/count_tokens',
  )
})

test('Gemini names model and operation in the path, and says how a stream is to be framed', () => {
  const base = 'https://generativelanguage.googleapis.com'
  const stream = true
  assert.equal(pathOf(gemini, base), '/v1beta/models/m:generateContent')
  assert.equal(pathOf(gemini, base, { stream }), '/v1beta/models/m:streamGenerateContent?alt=sse')
  assert.equal(
    pathOf(gemini, base, { stream, framing: 'jsonArray' }),
    '/v1beta/models/m:streamGenerateContent',
  )
  assert.equal(pathOf(gemini, `${base}/v1`, { endpoint: 'countTokens' }), '/models/m:countTokens')
  assert.equal(pathOf(gemini, base, { model: 'tunedModels/t' }), '/v1beta/tunedModels/t:generateContent')
  const vertex = 'https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us/publishers/google'
  assert.equal(pathOf(gemini, vertex), '/models/m:generateContent')
  assert.deepEqual(gemini.credential(vertex), { kind: 'bearer' })
  assert.deepEqual(gemini.credential(base), { kind: 'header', name: 'x-goog-api-key' })
})

test('Bedrock takes ids and ARNs as one segment', () => {
  const base = 'https://bedrock-runtime.us-east-1.amazonaws.com'
  const model = 'arn:aws:bedrock:us-east-1:1:inference-profile/us.m:0'
  assert.equal(
    pathOf(bedrock, base, { model, stream: true }),
    '/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fus.m%3A0/converse-stream',
  )
  assert.equal(pathOf(bedrock, base, { format: 'bedrock-invoke' }), '/model/m/invoke')
  assert.equal(
    pathOf(bedrock, base, { format: 'bedrock-embeddings', endpoint: 'embeddings' }),
    '/model/m/invoke',
  )
})

test('Cohere stands behind the bare host and behind /v2', () => {
  assert.equal(pathOf(cohere, 'https://api.cohere.com'), '/v2/chat')
  assert.equal(pathOf(cohere, 'https://api.cohere.com/v2', { endpoint: 'embeddings' }), '/embed')
})

test('a model that would climb up the path is no model', () => {
  for (const binding of [gemini, bedrock, azureOpenAi]) {
    for (const model of ['', '.', '..', '\ud800']) {
      assert.equal(pathOf(binding, 'https://host.example', { model }), undefined, binding.provider)
    }
    assert.ok(pathOf(binding, 'https://host.example', { model: 'a/../b' })?.includes('a%2F..%2Fb'))
  }
})
