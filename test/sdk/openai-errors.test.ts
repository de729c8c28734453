import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import OpenAI from 'openai'
import type { Fault } from '../support/simulated-vendors/faults.ts'
import { models, type Setting, startSetting } from './sidecar-with-vendors.ts'

const messages = [{ role: 'user' as const, content: 'Hello' }]

let setting: Setting
let client: OpenAI
before(async () => {
  setting = await startSetting()
  client = new OpenAI({ baseURL: `${setting.url}/v1`, apiKey: 'a placeholder', maxRetries: 0 })
})
after(() => setting.close())
afterEach(() => Promise.all([setting.openai.heal(), setting.anthropic.heal()]))

const cases: readonly {
  readonly fault: Fault
  readonly status: number
  readonly code: string
  readonly raises: new (...parameters: never[]) => Error
}[] = [
  { fault: 'server-error', status: 503, code: 'server_error', raises: OpenAI.InternalServerError },
  { fault: 'overloaded', status: 503, code: 'overloaded', raises: OpenAI.InternalServerError },
  { fault: 'in-band-error', status: 503, code: 'server_error', raises: OpenAI.InternalServerError },
  { fault: 'down', status: 502, code: 'connect_error', raises: OpenAI.InternalServerError },
]

for (const { fault, status, code, raises } of cases) {
  for (const model of [models.openai, models.anthropic]) {
    test(`${fault} behind ${model} raises ${raises.name} ${status}`, async () => {
      await Promise.all([setting.openai.breakWith(fault), setting.anthropic.breakWith(fault)])
      const isAnthropicOverload = fault === 'in-band-error' && model === models.anthropic
      await assert.rejects(client.chat.completions.create({ model, messages }), (error: unknown) => {
        assert.ok(error instanceof raises, String(error))
        assert.ok(error instanceof OpenAI.APIError)
        assert.equal(error.status, status)
        assert.equal(error.code, isAnthropicOverload ? 'overloaded' : code)
        assert.equal(error.type, 'llm_fallback_error')
        return true
      })
    })
  }
}

test('a rate limit raises RateLimitError with the wait that the vendor asked for', async () => {
  await setting.openai.breakWith('rate-limited')
  const call = client.chat.completions.create({ model: models.limitedOpenAi, messages })
  await assert.rejects(call, (error: unknown) => {
    assert.ok(error instanceof OpenAI.RateLimitError, String(error))
    const wait = Number(error.headers.get('retry-after'))
    assert.ok(wait >= 18 && wait <= 20, `retry-after ${wait}`)
    return true
  })
})

test('a prompt that is too long is told in the form that clients shorten and retry on', async () => {
  await setting.anthropic.breakWith('context-overflow')
  const call = client.chat.completions.create({ model: models.anthropic, messages })
  await assert.rejects(call, (error: unknown) => {
    assert.ok(error instanceof OpenAI.BadRequestError, String(error))
    assert.equal(error.code, 'context_length_exceeded')
    return true
  })
})

test('a model that no route matches raises NotFoundError', async () => {
  const call = client.chat.completions.create({ model: 'nobody-routes-this', messages })
  await assert.rejects(call, (error: unknown) => {
    assert.ok(error instanceof OpenAI.NotFoundError, String(error))
    assert.equal(error.code, 'no_route')
    return true
  })
})

test('a request without messages gets the provider’s own answer, not a fallback', async () => {
  const call = client.chat.completions.create({ model: models.openai, messages: [] })
  await assert.rejects(call, OpenAI.BadRequestError)
})

test('a stream that breaks after the first words throws instead of ending', async () => {
  await setting.openai.breakWith('cut-after-content')
  const stream = await client.chat.completions.create({ model: models.rescued, messages, stream: true })
  const words: string[] = []
  await assert.rejects(async () => {
    for await (const chunk of stream) words.push(chunk.choices[0]?.delta.content ?? '')
  }, OpenAI.APIError)
  assert.match(words.join(''), /^Hello from simulated OpenAI/)
})

test('the SDK does not ask again when asking again cannot help', async () => {
  const eager = new OpenAI({ baseURL: `${setting.url}/v1`, apiKey: 'a placeholder', maxRetries: 2 })
  await setting.openai.breakWith('context-overflow')
  const before = setting.openai.asked.length
  await assert.rejects(eager.chat.completions.create({ model: models.openai, messages }))
  assert.equal(setting.openai.asked.length - before, 1)
})

test('the SDK’s own retry succeeds once the provider is back', async () => {
  const eager = new OpenAI({ baseURL: `${setting.url}/v1`, apiKey: 'a placeholder', maxRetries: 1 })
  await setting.openai.breakWith('overloaded')
  const before = setting.openai.asked.length
  const pending = eager.chat.completions.create({ model: models.openai, messages })
  while (setting.openai.asked.length === before) await new Promise(resolve => setImmediate(resolve))
  await setting.openai.heal()
  const completion = await pending
  assert.match(completion.choices[0]?.message.content ?? '', /simulated OpenAI/)
})

test('nobody at the sidecar’s port raises APIConnectionError', async () => {
  const lost = new OpenAI({ baseURL: 'http://127.0.0.1:9/v1', apiKey: 'a placeholder', maxRetries: 0 })
  await assert.rejects(lost.chat.completions.create({ model: 'any', messages }), OpenAI.APIConnectionError)
})
