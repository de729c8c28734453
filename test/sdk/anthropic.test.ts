import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import Anthropic from '@anthropic-ai/sdk'
import { collect } from '../support/collect.ts'
import { readVerdict } from '../support/served-header.ts'
import { models, type Setting, startSetting } from './sidecar-with-vendors.ts'

const messages = [{ role: 'user' as const, content: 'Hello' }]
const limits = { max_tokens: 1_000 }
const weather = {
  name: 'weather',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] },
}
const clock = { name: 'clock', input_schema: { type: 'object' as const, properties: {} } }

let setting: Setting
let client: Anthropic
before(async () => {
  setting = await startSetting()
  client = new Anthropic({ baseURL: setting.url, apiKey: 'a placeholder', maxRetries: 0 })
})
after(() => setting.close())
afterEach(() => Promise.all([setting.openai.heal(), setting.anthropic.heal()]))

function textOf(message: Anthropic.Message): string {
  return message.content.map(part => (part.type === 'text' ? part.text : '')).join('')
}

for (const [provider, model] of [
  ['OpenAI', models.openai],
  ['Anthropic', models.anthropic],
] as const) {
  describe(`@anthropic-ai/sdk against ${provider}`, () => {
    const greeting = new RegExp(`^Hello from simulated ${provider}`)

    test('gets a whole message with usage', async () => {
      const message = await client.messages.create({ model, messages, ...limits })
      assert.match(textOf(message), greeting)
      assert.equal(message.stop_reason, 'end_turn')
      assert.equal(message.role, 'assistant')
      assert.ok(message.usage.input_tokens > 0 && message.usage.output_tokens > 0)
    })

    test('iterates over a stream', async () => {
      const stream = await client.messages.create({ model, messages, ...limits, stream: true })
      const events = await collect(stream)
      assert.equal(events[0]?.type, 'message_start')
      assert.equal(events.at(-1)?.type, 'message_stop')
    })

    test('reads a stream through its helper', async () => {
      const final = await client.messages.stream({ model, messages, ...limits }).finalMessage()
      assert.match(textOf(final), greeting)
      assert.equal(final.stop_reason, 'end_turn')
      assert.ok(final.usage.output_tokens > 0)
    })

    test('gets parallel tool calls whole', async () => {
      const message = await client.messages.create({ model, messages, ...limits, tools: [weather, clock] })
      const calls = message.content.filter(part => part.type === 'tool_use')
      assert.deepEqual(
        calls.map(call => call.name),
        ['weather', 'clock'],
      )
      assert.deepEqual(
        calls.map(call => call.input),
        [{ city: 'simulated' }, {}],
      )
      assert.equal(message.stop_reason, 'tool_use')
    })

    test('gets parallel tool calls through the stream helper', async () => {
      const stream = client.messages.stream({ model, messages, ...limits, tools: [weather, clock] })
      const final = await stream.finalMessage()
      const calls = final.content.filter(part => part.type === 'tool_use')
      assert.deepEqual(
        calls.map(call => call.input),
        [{ city: 'simulated' }, {}],
      )
    })

    test('carries tool results back', async () => {
      const first = await client.messages.create({ model, messages, ...limits, tools: [weather] })
      const results = first.content
        .filter(part => part.type === 'tool_use')
        .map(call => ({ type: 'tool_result' as const, tool_use_id: call.id, content: 'sunny' }))
      const history = [
        ...messages,
        { role: 'assistant' as const, content: first.content },
        { role: 'user' as const, content: results },
      ]
      const second = await client.messages.create({ model, messages: history, ...limits, tools: [weather] })
      assert.match(textOf(second), greeting)
    })

    test('keeps a system prompt', async () => {
      const system = 'Speak plainly.'
      await client.messages.create({ model, messages, ...limits, system })
      const vendor = provider === 'OpenAI' ? setting.openai : setting.anthropic
      assert.ok(vendor.asked.at(-1)?.body.includes(system))
    })

    test('sees an answer cut by its own limit', async () => {
      const message = await client.messages.create({ model, messages, max_tokens: 3 })
      assert.equal(message.stop_reason, 'max_tokens')
    })
  })
}

test('@anthropic-ai/sdk counts tokens at its own vendor', async () => {
  const count = await client.messages.countTokens({ model: models.anthropic, messages })
  assert.ok(count.input_tokens > 0)
})

test('@anthropic-ai/sdk is rescued by the other vendor and is told so in the headers', async () => {
  await setting.openai.breakWith('rate-limited')
  const call = client.messages.create({ model: models.limitedRescued, messages, ...limits })
  const { data, response } = await call.withResponse()
  assert.match(textOf(data), /simulated Anthropic/)
  const verdict = readVerdict(response.headers)
  assert.equal(verdict.served?.step, 'second-vendor')
  assert.equal(verdict.reason, 'rate_limit_429')
})

test('@anthropic-ai/sdk is rescued in the middle of a stream’s preamble', async () => {
  await setting.openai.breakWith('cut-before-content')
  const final = await client.messages.stream({ model: models.rescued, messages, ...limits }).finalMessage()
  assert.match(textOf(final), /simulated Anthropic/)
})

test('a rate limit raises RateLimitError with its type and the wait', async () => {
  await setting.anthropic.breakWith('rate-limited')
  const call = client.messages.create({ model: models.limitedAnthropic, messages, ...limits })
  await assert.rejects(call, (error: unknown) => {
    assert.ok(error instanceof Anthropic.RateLimitError, String(error))
    assert.equal(error.type, 'rate_limit_error')
    assert.ok(Number(error.headers.get('retry-after')) > 0)
    return true
  })
})

test('an exhausted chain raises the class of its status', async () => {
  await Promise.all([setting.openai.breakWith('down'), setting.anthropic.breakWith('down')])
  const call = client.messages.create({ model: models.rescued, messages, ...limits })
  await assert.rejects(call, (error: unknown) => {
    assert.ok(error instanceof Anthropic.InternalServerError, String(error))
    assert.equal(error.status, 502)
    return true
  })
})

test('a stream that breaks after the first words throws instead of ending', async () => {
  await setting.openai.breakWith('cut-after-content')
  const stream = client.messages.stream({ model: models.rescued, messages, ...limits })
  const words: string[] = []
  stream.on('text', text => words.push(text))
  await assert.rejects(stream.finalMessage(), Anthropic.AnthropicError)
  assert.match(words.join(''), /^Hello from simulated OpenAI/)
})

test('a model that no route matches raises NotFoundError', async () => {
  const call = client.messages.create({ model: 'nobody-routes-this', messages, ...limits })
  await assert.rejects(call, Anthropic.NotFoundError)
})
