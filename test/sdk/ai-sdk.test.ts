import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, jsonSchema, streamText } from 'ai'
import { collect } from '../support/collect.ts'
import { models, type Setting, startSetting } from './sidecar-with-vendors.ts'

const limits = { maxRetries: 0, maxOutputTokens: 500 }

let setting: Setting
before(async () => {
  setting = await startSetting()
})
after(() => setting.close())
afterEach(() => Promise.all([setting.openai.heal(), setting.anthropic.heal()]))

const clients = {
  openai: (model: string) =>
    createOpenAI({ baseURL: `${setting.url}/v1`, apiKey: 'a placeholder' }).chat(model),
  anthropic: (model: string) =>
    createAnthropic({ baseURL: `${setting.url}/v1`, apiKey: 'a placeholder' })(model),
}

const city = {
  description: 'the weather of a city',
  inputSchema: jsonSchema<{ city: string }>({
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  }),
}

for (const caller of ['openai', 'anthropic'] as const) {
  for (const [provider, model] of [
    ['OpenAI', models.openai],
    ['Anthropic', models.anthropic],
  ] as const) {
    const greeting = new RegExp(`^Hello from simulated ${provider}`)

    test(`ai with @ai-sdk/${caller} gets a text of ${provider}`, async () => {
      const result = await generateText({ model: clients[caller](model), prompt: 'Hello', ...limits })
      assert.match(result.text, greeting)
      assert.equal(result.finishReason, 'stop')
    })

    test(`ai with @ai-sdk/${caller} streams a text of ${provider}`, async () => {
      const result = streamText({ model: clients[caller](model), prompt: 'Hello', ...limits })
      const words = await collect(result.textStream)
      assert.match(words.join(''), greeting)
      assert.equal(await result.finishReason, 'stop')
    })

    test(`ai with @ai-sdk/${caller} gets a tool call of ${provider}`, async () => {
      const result = await generateText({
        model: clients[caller](model),
        prompt: 'Hello',
        tools: { city },
        ...limits,
      })
      assert.deepEqual(
        result.toolCalls.map(call => ({ name: call.toolName, input: call.input })),
        [{ name: 'city', input: { city: 'simulated' } }],
      )
    })
  }

  test(`ai with @ai-sdk/${caller} is rescued by the other vendor`, async () => {
    await setting.openai.breakWith('overloaded')
    const result = await generateText({
      model: clients[caller](models.rescued),
      prompt: 'Hello',
      ...limits,
    })
    assert.match(result.text, /simulated Anthropic/)
  })
}
