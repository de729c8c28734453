// What vendors' clients ask for and is not served: refused in the words and the shape that they read.
import assert from 'node:assert/strict'
import test from 'node:test'
import { rawPost, sendRaw, statusOf, withServer } from '../../test/support/inbound/data-server-kit.ts'

const anthropicHeader = 'anthropic-version: 2023-06-01'

interface Refused {
  readonly path: string
  readonly header?: string
  readonly status: number
  /** Where a client of this vendor finds the message, up to its first words. */
  readonly said: RegExp
}

const refused: readonly Refused[] = [
  {
    path: '/v1/deployments/gpt/images/generations',
    status: 501,
    said: /"error":\{"message":"this operation/,
  },
  { path: '/v1/files', status: 501, said: /"error":\{"message":"this part of the OpenAI API/ },
  {
    path: '/v1/files',
    header: anthropicHeader,
    status: 501,
    said: /"type":"error","error":\{.*this part of the Anthropic API/,
  },
  { path: '/v1/messages/batches', status: 501, said: /"type":"error","error":\{.*message batches/ },
  {
    path: '/v1/projects/p/locations/l/publishers/anthropic/models/claude:streamRawPredict',
    status: 501,
    said: /"type":"error","error":\{.*Claude in the form of Vertex AI/,
  },
  {
    path: '/v1beta1/projects/p/locations/l/publishers/google/models/gemini-embedding-001:predict',
    status: 501,
    said: /"error":\{.*"message":"embeddings in the form of Vertex AI/,
  },
  {
    path: '/v1beta1/publishers/google/models/gemini:computeTokens',
    status: 501,
    said: /"error":\{.*this operation of a Gemini model/,
  },
  {
    path: '/v1beta/tunedModels/t:generateContent',
    status: 501,
    said: /"error":\{.*tuned and partner models/,
  },
  {
    path: '/v1beta1/projects/p/locations/l/endpoints/1:generateContent',
    status: 501,
    said: /"error":\{.*tuned and partner models/,
  },
  { path: '/v1beta/cachedContents', status: 501, said: /"error":\{.*this part of the Gemini API/ },
  { path: '/model/claude/count-tokens', status: 501, said: /"message":"counting tokens/ },
  { path: '/v2/rerank', status: 501, said: /"message":"this part of the Cohere API/ },
  { path: '/v1/chat', status: 501, said: /"message":"the first version of the Cohere API/ },
  { path: '/api/chat', status: 501, said: /"error":"the native API of Ollama/ },
  { path: '/v1/v1/messages', status: 404, said: /"type":"error","error":\{.*its version twice/ },
  {
    path: '/openai/v1/openai/v1/chat/completions',
    status: 404,
    said: /"error":\{"message":.*its version twice/,
  },
  { path: '/v1beta/v1beta/models/g:generateContent', status: 404, said: /"error":\{.*its version twice/ },
]

test('known paths that are not served are refused by name, in the shape of whose they are', async t => {
  await withServer({}, async ({ port }) => {
    for (const { path, header, status, said } of refused) {
      await t.test(`${path} ${header ?? ''}`, async () => {
        const headers = ['Host: a', 'Connection: close', ...(header === undefined ? [] : [header])]
        const answer = await sendRaw(port, rawPost(path, '{}', headers))
        assert.equal(statusOf(answer), status)
        assert.match(answer, said)
      })
    }
  })
})
