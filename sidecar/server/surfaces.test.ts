import assert from 'node:assert/strict'
import test from 'node:test'
import { findModelList, findSurface, guessFormat } from './surfaces.ts'

function formatsOn(path: string): readonly string[] | undefined {
  return findSurface(path)?.spoken.map(({ dialect }) => dialect.format)
}

test('a plain path is found as it stands, and with letters that did not need their encoding', () => {
  assert.deepEqual(formatsOn('/v1/chat/completions'), ['openai-chat'])
  assert.deepEqual(formatsOn('/v1/%63hat/completions'), ['openai-chat'])
  assert.equal(formatsOn('/v1/chat%2Fcompletions'), undefined)
  assert.equal(formatsOn('/v1/chat/completions/'), undefined)
})

test('a path may name the model, encoded as it stands there', () => {
  assert.equal(findSurface('/openai/deployments/my-gpt/chat/completions')?.model, 'my-gpt')
  const gemini = findSurface('/v1beta/models/gemini-2.5-pro:streamGenerateContent')
  assert.equal(gemini?.model, 'gemini-2.5-pro')
  assert.equal(gemini?.spoken[0].surface.stream, true)
  const vertex = '/v1/projects/p/locations/us/publishers/google/models/gemini-2.5-pro:generateContent'
  assert.equal(findSurface(vertex)?.model, 'gemini-2.5-pro')
  assert.equal(findSurface('/openai/deployments/a/b/chat/completions'), undefined)
  assert.equal(findSurface('/v1beta/models/a%2Fb:generateContent')?.model, 'a%2Fb')
})

test('every path that a client makes of a base URL of ours is found', () => {
  const paths: Readonly<Record<string, readonly string[]>> = {
    'openai-chat': [
      '/chat/completions',
      '/openai/chat/completions',
      '/openai/v1/chat/completions',
      '/v1beta/openai/chat/completions',
      '/v1/deployments/gpt/chat/completions',
      '/deployments/gpt/chat/completions',
      '/openai/deployments/gpt/chat/completions',
    ],
    'openai-responses': [
      '/responses',
      '/openai/responses',
      '/openai/v1/responses',
      '/openai/deployments/gpt/responses',
    ],
    'openai-embeddings': ['/embeddings', '/openai/embeddings', '/v1/deployments/gpt/embeddings'],
    'anthropic-messages': [
      '/messages',
      '/anthropic/messages',
      '/anthropic/v1/messages',
      '/anthropic/v1/messages/count_tokens',
    ],
    'gemini-generate': [
      '/models/gemini:generateContent',
      '/v1beta1/publishers/google/models/gemini:generateContent',
      '/v1/projects/p/locations/l/publishers/google/models/gemini:streamGenerateContent',
    ],
    'cohere-chat': ['/chat', '/v2/chat'],
    'cohere-embeddings': ['/embed', '/v2/embed'],
  }
  for (const [format, all] of Object.entries(paths)) {
    for (const path of all) assert.deepEqual(formatsOn(path), [format], path)
  }
})

test('model lists on a shared path go to whose client asks', () => {
  const listFor = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    findModelList(path, name => headers[name])
  assert.equal(listFor('/v1/models')?.dialect.format, 'openai-chat')
  assert.equal(listFor('/v1/models', { 'anthropic-version': '1' })?.dialect.format, 'anthropic-messages')
  assert.equal(listFor('/v1/models', { 'x-goog-api-key': '1' })?.dialect.format, 'gemini-generate')
  assert.equal(listFor('/v1beta/models/gemini-2.5-pro')?.id, 'gemini-2.5-pro')
  assert.equal(listFor('/v1/modelsx'), undefined)
  assert.equal(listFor('/v1beta1/publishers/google/models')?.dialect.format, 'gemini-generate')
  assert.equal(listFor('/openai/models')?.dialect.format, 'openai-chat')
})

test('errors on unknown paths take the shape of whose client asks', () => {
  const shapeFor = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    guessFormat(path, name => headers[name]).format
  assert.equal(shapeFor('/nothing'), 'openai-chat')
  assert.equal(shapeFor('/nothing', { 'x-api-key': 'k' }), 'anthropic-messages')
  assert.equal(shapeFor('/v1/messages/batches'), 'anthropic-messages')
  assert.equal(shapeFor('/v1/chat/completions', { 'anthropic-version': '1' }), 'openai-chat')
})
