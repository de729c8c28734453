import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import OpenAI from 'openai'
import { collect } from '../support/collect.ts'
import { readVerdict } from '../support/served-header.ts'
import { models, type Setting, startSetting } from './sidecar-with-vendors.ts'

const messages = [{ role: 'user' as const, content: 'Hello' }]
const weather = {
  type: 'function' as const,
  function: {
    name: 'weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}
const clock = {
  type: 'function' as const,
  function: { name: 'clock', parameters: { type: 'object', properties: {} } },
}

let setting: Setting
let client: OpenAI
before(async () => {
  setting = await startSetting()
  client = new OpenAI({ baseURL: `${setting.url}/v1`, apiKey: 'a placeholder', maxRetries: 0 })
})
after(() => setting.close())
afterEach(() => Promise.all([setting.openai.heal(), setting.anthropic.heal()]))

for (const [provider, model] of [
  ['OpenAI', models.openai],
  ['Anthropic', models.anthropic],
] as const) {
  describe(`openai against ${provider}`, () => {
    const greeting = new RegExp(`^Hello from simulated ${provider}`)

    test('gets a whole completion with usage', async () => {
      const completion = await client.chat.completions.create({ model, messages })
      assert.match(completion.choices[0]?.message.content ?? '', greeting)
      assert.equal(completion.choices[0]?.finish_reason, 'stop')
      assert.equal(completion.object, 'chat.completion')
      assert.ok((completion.usage?.completion_tokens ?? 0) > 0)
    })

    test('iterates over a stream', async () => {
      const stream = await client.chat.completions.create({ model, messages, stream: true })
      const chunks = await collect(stream)
      assert.match(chunks.map(chunk => chunk.choices[0]?.delta.content ?? '').join(''), greeting)
      assert.equal(chunks.at(-1)?.choices[0]?.finish_reason, 'stop')
      assert.equal(new Set(chunks.map(chunk => chunk.id)).size, 1)
      assert.ok(
        chunks.every(chunk => !chunk.usage),
        'usage was not asked for',
      )
    })

    test('gets the usage of a stream when it asks for it', async () => {
      const options = { stream: true, stream_options: { include_usage: true } } as const
      const stream = await client.chat.completions.create({ model, messages, ...options })
      const chunks = await collect(stream)
      assert.ok((chunks.at(-1)?.usage?.completion_tokens ?? 0) > 0)
      assert.deepEqual(chunks.at(-1)?.choices, [])
    })

    test('reads a stream through its helper', async () => {
      const final = await client.chat.completions.stream({ model, messages }).finalChatCompletion()
      assert.match(final.choices[0]?.message.content ?? '', greeting)
    })

    test('gets parallel tool calls whole', async () => {
      const completion = await client.chat.completions.create({ model, messages, tools: [weather, clock] })
      const calls = completion.choices[0]?.message.tool_calls ?? []
      const called = calls.map(call => (call.type === 'function' ? call.function : undefined))
      assert.deepEqual(
        called.map(call => call?.name),
        ['weather', 'clock'],
      )
      assert.deepEqual(JSON.parse(called[0]?.arguments ?? ''), { city: 'simulated' })
      assert.equal(new Set(calls.map(call => call.id)).size, 2)
      assert.equal(completion.choices[0]?.finish_reason, 'tool_calls')
    })

    test('gets parallel tool calls through the stream helper', async () => {
      const stream = client.chat.completions.stream({ model, messages, tools: [weather, clock] })
      const final = await stream.finalChatCompletion()
      const calls = final.choices[0]?.message.tool_calls ?? []
      assert.deepEqual(
        calls.map(call => (call.type === 'function' ? call.function.name : '')),
        ['weather', 'clock'],
      )
    })

    test('carries tool results back', async () => {
      const first = await client.chat.completions.create({ model, messages, tools: [weather] })
      const message = first.choices[0]?.message
      assert.ok(message)
      const results = (message.tool_calls ?? []).map(call => ({
        role: 'tool' as const,
        tool_call_id: call.id,
        content: 'sunny',
      }))
      const history = [...messages, message, ...results]
      const second = await client.chat.completions.create({ model, messages: history, tools: [weather] })
      assert.match(second.choices[0]?.message.content ?? '', greeting)
    })

    test('parses structured output', async () => {
      const schema = {
        type: 'object',
        properties: { name: { type: 'string' }, age: { type: 'integer' } },
        required: ['name', 'age'],
        additionalProperties: false,
      }
      const format = { type: 'json_schema' as const, json_schema: { name: 'person', schema, strict: true } }
      const completion = await client.chat.completions.parse({ model, messages, response_format: format })
      const answer: unknown = JSON.parse(completion.choices[0]?.message.content ?? '')
      assert.deepEqual(answer, { name: 'simulated', age: 42 })
    })

    test('sees an answer cut by its own limit', async () => {
      const completion = await client.chat.completions.create({ model, messages, max_completion_tokens: 3 })
      assert.equal(completion.choices[0]?.finish_reason, 'length')
      assert.equal(completion.choices[0]?.message.content?.split(' ').length, 3)
    })
  })
}

test('openai is rescued by the other vendor and is told so in the headers', async () => {
  await setting.openai.breakWith('server-error')
  const call = client.chat.completions.create({ model: models.rescued, messages })
  const { data, response } = await call.withResponse()
  assert.match(data.choices[0]?.message.content ?? '', /simulated Anthropic/)
  const verdict = readVerdict(response.headers)
  assert.deepEqual(verdict.served, {
    step: 'second-vendor',
    provider: 'anthropic',
    model: 'claude-haiku-4-5',
  })
  assert.equal(verdict.hop, 1)
  assert.equal(verdict.reason, 'upstream_5xx')
})

test('openai lists the models that routes name', async () => {
  const listed = await client.models.list()
  const ids = listed.data.map(model => model.id)
  for (const name of Object.values(models)) assert.ok(ids.includes(name), `${name} is missing`)
})
