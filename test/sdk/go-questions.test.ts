// What the vendors' Go clients ask beside conversations, and clients of theirs that nobody configured.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ClientProgram } from './support/client-program.ts'
import { type EveryVendor, situations, startEveryVendor, type VendorName } from './support/every-vendor.ts'
import { prepareGoClients, reasonToSkip, startGoProgram } from './support/go-clients.ts'

const vector = [0.25, -0.5, 1]
const person = { name: 'simulated', age: 42 }
const skip = (await reasonToSkip()) ?? false

let world: EveryVendor
const programs = new Map<string, ClientProgram>()
before(async () => {
  if (skip !== false) return
  // First: what fails here leaves nothing behind that would run for ever.
  await prepareGoClients()
  world = await startEveryVendor()
  programs.set('embeddings', await startGoProgram('embeddings', world.url))
  programs.set('questions', await startGoProgram('questions', world.url))
  programs.set('environment', await startGoProgram('environment', world.url, injectedVariables(world.url)))
})
after(async () => {
  for (const program of programs.values()) await program.close()
  await world?.close()
})

/** As an injected pod has them; the keys to sign with are the app's own. */
function injectedVariables(url: string): Readonly<Record<string, string>> {
  return {
    OPENAI_BASE_URL: `${url}/v1`,
    OPENAI_API_KEY: 'a-placeholder',
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: 'a-placeholder',
    GOOGLE_GEMINI_BASE_URL: url,
    GOOGLE_API_KEY: 'a-placeholder',
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
    AWS_ACCESS_KEY_ID: 'a-placeholder',
    AWS_SECRET_ACCESS_KEY: 'a-placeholder',
    AWS_REGION: 'us-east-1',
  }
}

async function ask(program: string, act: string, model: string): Promise<unknown> {
  const seen = await programs.get(program)?.tell({ act, model, retries: 'none' })
  assert.ok(typeof seen === 'object' && seen !== null && !('raised' in seen), JSON.stringify(seen))
  return seen
}

const vendors: readonly VendorName[] = ['openai', 'azure', 'gemini', 'cohere']

describe('go, vectors', { skip }, () => {
  for (const act of ['openai', 'azure', 'genai', 'cohere']) {
    for (const vendor of vendors) {
      test(`${act}: gets the vectors of ${vendor}`, async () => {
        const seen = await ask('embeddings', act, situations.embedded(vendor))
        assert.partialDeepStrictEqual(seen, { vectors: [vector, vector] })
      })
    }
  }

  test('bedrock: gets a vector of Titan', async () => {
    const seen = await ask('embeddings', 'bedrock', situations.embedded('bedrock'))
    assert.partialDeepStrictEqual(seen, { vectors: [vector] })
  })
})

describe('go, questions', { skip }, () => {
  for (const [act, prefix] of [
    ['openAiModels', ''],
    ['anthropicModels', ''],
    ['genaiModels', 'models/'],
  ] as const) {
    test(`${act}: lists the models that routes name`, async () => {
      const seen = await ask('questions', act, '')
      assert.partialDeepStrictEqual(seen, { models: [`${prefix}${situations.only('cohere')}`] })
    })
  }

  for (const [act, vendor] of [
    ['anthropicCount', 'anthropic'],
    ['genaiCount', 'gemini'],
  ] as const) {
    test(`${act}: gets the count of its own vendor`, async () => {
      const seen = await ask('questions', act, situations.only(vendor))
      assert.ok(typeof seen === 'object' && seen !== null && 'tokens' in seen && Number(seen.tokens) > 0)
    })
  }

  for (const act of [
    'openAiShape',
    'azureShape',
    'responsesShape',
    'azureResponses',
    'genaiShape',
    'anthropicShape',
  ]) {
    for (const vendor of ['openai', 'anthropic'] as const) {
      test(`${act}: gets an answer of the asked shape from ${vendor}`, async () => {
        const seen = await ask('questions', act, situations.only(vendor))
        assert.ok(typeof seen === 'object' && seen !== null && 'text' in seen)
        assert.deepEqual(JSON.parse(String(seen.text)), person)
      })
    }
  }
})

describe('go, by variables alone', { skip }, () => {
  for (const act of ['openai', 'anthropic', 'genai', 'bedrock']) {
    test(`${act}: finds the sidecar`, async () => {
      const seen = await ask('environment', act, situations.only('cohere'))
      assert.match(JSON.stringify(seen), /Hello from simulated Cohere/)
    })
  }
})
