// Conversations that hop: what the AI SDK sends back after another vendor's answer is accepted everywhere.
import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, type ModelMessage } from 'ai'
import { type EveryVendor, situations, startEveryVendor } from './support/every-vendor.ts'

let world: EveryVendor
before(async () => {
  world = await startEveryVendor()
})
after(() => world.close())
afterEach(() => world.heal())

const model = situations.rescued('openai')
const question: ModelMessage = { role: 'user', content: 'What is the weather like?' }
const again: ModelMessage = { role: 'user', content: 'And tomorrow?' }

function ask(messages: ModelMessage[], store: boolean) {
  const openai = createOpenAI({ baseURL: `${world.url}/v1`, apiKey: 'a placeholder' })
  const providerOptions = { openai: { store } }
  return generateText({ model: openai.responses(model), messages, maxRetries: 0, providerOptions })
}

/** A first turn that the rescuer answers. */
async function rescuedTurn(store: boolean): Promise<ModelMessage[]> {
  await world.vendors.openai.breakWith('overloaded')
  const first = await ask([question], store)
  assert.match(first.text, /simulated Gemini/)
  return [question, ...first.response.messages, again]
}

test('an answer that came from elsewhere is replayed by its id, which nobody keeps: it is left out and named', async () => {
  const history = await rescuedTurn(true)
  const elsewhere = await ask(history, true)
  assert.match(elsewhere.text, /simulated Gemini/)
  await world.heal()
  const home = await ask(history, true)
  assert.match(home.text, /simulated OpenAI/)
  assert.doesNotMatch(world.vendors.openai.asked.at(-1)?.body ?? '', /item_reference/)
  for (const { response } of [elsewhere, home]) {
    assert.match(response.headers?.['x-llm-fallback-drops'] ?? '', /input\.item_reference/)
  }
})

test('without storing, every word of the answer goes along', async () => {
  const history = await rescuedTurn(false)
  const elsewhere = await ask(history, false)
  assert.match(world.vendors.gemini.asked.at(-1)?.body ?? '', /simulated Gemini, model/)
  await world.heal()
  const home = await ask(history, false)
  assert.match(home.text, /simulated OpenAI/)
  assert.match(world.vendors.openai.asked.at(-1)?.body ?? '', /simulated Gemini, model/)
  for (const { response } of [elsewhere, home]) {
    assert.equal(response.headers?.['x-llm-fallback-drops'], undefined)
  }
})
