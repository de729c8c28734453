import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { startSimulatedAnthropic } from './anthropic-vendor.ts'
import { startSimulatedOpenAi } from './openai-vendor.ts'
import type { SimulatedVendor } from './vendor-server.ts'

const apiKey = 'key-of-the-simulation'
const messages = [{ role: 'user' as const, content: 'the word XYLOPHONE' }]

describe('the simulated OpenAI', () => {
  let vendor: SimulatedVendor
  let client: OpenAI
  before(async () => {
    vendor = await startSimulatedOpenAi({ apiKey })
    client = new OpenAI({ apiKey, baseURL: vendor.baseUrl, maxRetries: 0 })
  })
  after(() => vendor.close())

  test('answers its own SDK whole and as a stream with the same words', async () => {
    const whole = await client.chat.completions.create({ model: 'gpt-4o', messages })
    const stream = client.chat.completions.stream({ model: 'gpt-4o', messages })
    const streamed = await stream.finalContent()
    assert.match(streamed ?? '', /^Hello from simulated OpenAI, model gpt-4o/)
    assert.equal(whole.choices[0]?.message.content, streamed)
    assert.doesNotMatch(streamed ?? '', /XYLOPHONE/)
  })

  test('refuses a wrong key the way the vendor does', async () => {
    const stranger = new OpenAI({ apiKey: 'another', baseURL: vendor.baseUrl, maxRetries: 0 })
    await assert.rejects(stranger.models.list(), OpenAI.AuthenticationError)
  })

  test('limits one model and leaves the other alone', async () => {
    await vendor.breakWith('rate-limited', 'gpt-4o')
    await assert.rejects(client.chat.completions.create({ model: 'gpt-4o', messages }), OpenAI.RateLimitError)
    const other = await client.chat.completions.create({ model: 'gpt-4o-mini', messages })
    assert.equal(other.model, 'gpt-4o-mini')
    await vendor.heal()
  })

  test('breaks a stream off after some words', async () => {
    await vendor.breakWith('cut-after-content')
    const stream = await client.chat.completions.create({ model: 'gpt-4o', messages, stream: true })
    const words: string[] = []
    await assert.rejects(async () => {
      for await (const chunk of stream) words.push(chunk.choices[0]?.delta.content ?? '')
    })
    assert.match(words.join(''), /^Hello from simulated/)
    await vendor.heal()
  })

  test('refuses connections when it is down, and comes back on the same port', async () => {
    await vendor.breakWith('down')
    await assert.rejects(client.models.list(), OpenAI.APIConnectionError)
    await vendor.heal()
    const models = await client.models.list()
    assert.ok(models.data.some(model => model.id === 'gpt-4o'))
  })
})

describe('the simulated Anthropic', () => {
  let vendor: SimulatedVendor
  let client: Anthropic
  const request = { model: 'claude-sonnet-4-5', max_tokens: 500, messages }
  before(async () => {
    vendor = await startSimulatedAnthropic({ apiKey })
    client = new Anthropic({ apiKey, baseURL: vendor.baseUrl, maxRetries: 0 })
  })
  after(() => vendor.close())

  test('answers its own SDK whole and as a stream with the same words', async () => {
    const whole = await client.messages.create(request)
    const streamed = await client.messages.stream(request).finalText()
    assert.match(streamed, /^Hello from simulated Anthropic, model claude-sonnet-4-5/)
    assert.deepEqual(
      whole.content.map(part => (part.type === 'text' ? part.text : part.type)),
      [streamed],
    )
  })

  test('calls the tools that it is offered', async () => {
    const schema = { type: 'object' as const, properties: { city: { type: 'string' } } }
    const tools = [{ name: 'look_up', input_schema: schema }]
    const final = await client.messages.stream({ ...request, tools }).finalMessage()
    const called = final.content.find(part => part.type === 'tool_use')
    assert.deepEqual(called?.input, { city: 'simulated' })
    assert.equal(final.stop_reason, 'tool_use')
  })

  test('counts tokens', async () => {
    const count = await client.messages.countTokens({ model: request.model, messages })
    assert.ok(count.input_tokens > 0)
  })

  test('is overloaded with 529', async () => {
    await vendor.breakWith('overloaded')
    await assert.rejects(client.messages.create(request), { status: 529 })
    await vendor.heal()
  })

  test('sends an error inside a 200', async () => {
    await vendor.breakWith('in-band-error')
    const stream = client.messages.stream(request)
    await assert.rejects(stream.finalMessage(), /overloaded_error/)
    await vendor.heal()
  })
})
