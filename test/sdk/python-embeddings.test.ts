// Vectors through the vendors' Python clients.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ClientProgram } from './support/client-program.ts'
import { type EveryVendor, situations, startEveryVendor, type VendorName } from './support/every-vendor.ts'
import { startPythonProgram } from './support/python-client.ts'
import { preparePython } from './support/python-environment.ts'

const vector = [0.25, -0.5, 1]

let world: EveryVendor
let program: ClientProgram
before(async () => {
  // First: what fails here leaves nothing behind that would run for ever.
  await preparePython()
  world = await startEveryVendor()
  program = await startPythonProgram('embeddings', world.url)
})
after(async () => {
  await program?.close()
  await world?.close()
})

const vendors: readonly VendorName[] = ['openai', 'azure', 'gemini', 'cohere']

/** How many texts each script asks for. */
const acts = { openai: 2, google: 1, cohere: 2 }

for (const [act, texts] of Object.entries(acts)) {
  for (const vendor of vendors) {
    test(`python, ${act}: gets the vectors of ${vendor}`, async () => {
      const seen = await program.tell({ act, model: situations.embedded(vendor) })
      assert.partialDeepStrictEqual(seen, { vectors: Array.from({ length: texts }, () => vector) })
    })
  }
}

test('python, boto3: gets a vector of Titan', async () => {
  const seen = await program.tell({ act: 'boto3', model: situations.embedded('bedrock') })
  assert.partialDeepStrictEqual(seen, { vectors: [vector] })
})
