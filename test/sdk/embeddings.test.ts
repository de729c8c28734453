// Vectors and token counts through the vendors' clients.
import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { BedrockRuntimeClient, InvokeModelCommand } from '@aws-sdk/client-bedrock-runtime'
import { GoogleGenAI } from '@google/genai'
import { CohereClientV2 } from 'cohere-ai'
import OpenAI, { AzureOpenAI } from 'openai'
import { type EveryVendor, situations, startEveryVendor, type VendorName } from './support/every-vendor.ts'

const apiKey = 'a placeholder'
const vector = [0.25, -0.5, 1]
const texts = ['a first text', 'a second text']

let world: EveryVendor
before(async () => {
  world = await startEveryVendor()
})
after(() => world.close())
afterEach(() => world.heal())

type Embed = (model: string) => Promise<readonly (readonly number[] | undefined)[]>

const embedders: Readonly<Record<string, Embed>> = {
  async openai(model) {
    const client = new OpenAI({ apiKey, baseURL: `${world.url}/v1`, maxRetries: 0 })
    const { data, model: answered, usage } = await client.embeddings.create({ model, input: texts })
    assert.notEqual(answered, '')
    assert.equal(typeof usage.total_tokens, 'number')
    return data.map(one => one.embedding)
  },
  async AzureOpenAI(model) {
    const options = { apiKey, endpoint: world.url, apiVersion: '2024-10-21', maxRetries: 0 }
    const { data } = await new AzureOpenAI(options).embeddings.create({ model, input: texts })
    return data.map(one => one.embedding)
  },
  async '@google/genai'(model) {
    const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: world.url } })
    const { embeddings } = await client.models.embedContent({ model, contents: texts })
    return (embeddings ?? []).map(one => one.values)
  },
  async 'cohere-ai'(model) {
    const client = new CohereClientV2({ token: apiKey, environment: world.url, maxRetries: 0 })
    const inputType = 'search_document'
    const answer = await client.embed({ model, texts, inputType, embeddingTypes: ['float'] })
    return answer.embeddings.float ?? []
  },
}

const vendors: readonly VendorName[] = ['openai', 'azure', 'gemini', 'cohere']

for (const [name, embed] of Object.entries(embedders)) {
  for (const vendor of vendors) {
    test(`${name} gets the vectors of ${vendor}`, async () => {
      assert.deepEqual(await embed(situations.embedded(vendor)), [vector, vector])
    })
  }
}

test('@aws-sdk/client-bedrock-runtime gets a vector of Titan', async () => {
  const credentials = { accessKeyId: 'a-placeholder', secretAccessKey: 'a-placeholder' }
  const client = new BedrockRuntimeClient({ endpoint: world.url, region: 'us-east-1', credentials })
  const body = JSON.stringify({ inputText: texts[0] })
  const command = new InvokeModelCommand({ modelId: situations.embedded('bedrock'), body })
  const answer: unknown = JSON.parse((await client.send(command)).body.transformToString())
  client.destroy()
  assert.partialDeepStrictEqual(answer, { embedding: vector })
})

test('@google/genai counts tokens at its own vendor', async () => {
  const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: world.url } })
  const { totalTokens } = await client.models.countTokens({
    model: situations.only('gemini'),
    contents: 'How many tokens is this?',
  })
  assert.ok((totalTokens ?? 0) > 0)
})

test('an overload of the only embedding model raises as it does for chat', async () => {
  await world.vendors.openai.breakWith('overloaded')
  const client = new OpenAI({ apiKey, baseURL: `${world.url}/v1`, maxRetries: 0 })
  const call = client.embeddings.create({ model: situations.embedded('openai'), input: texts })
  await assert.rejects(call, OpenAI.InternalServerError)
})
