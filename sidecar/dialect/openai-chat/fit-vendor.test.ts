import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CompletionRequest, JsonObject } from '../completion.ts'
import { openaiChat } from './openai-chat.ts'
import { vendorHabitsOf, vendorTable } from './vendor-habits.ts'

const mistral = 'https://api.mistral.ai/v1'
const groq = 'https://api.groq.com/openai/v1'
const deepSeek = 'https://api.deepseek.com'
const xai = 'https://api.x.ai/v1'

function edited(body: JsonObject, endpoint: string, model = 'm'): readonly (readonly [string, unknown])[] {
  const change = { model, endpoint, wantUsage: true }
  return openaiChat.editRequest({ model, ...body }, change).map(({ name, value }) => [name, value])
}

function dropped(body: JsonObject, endpoint: string, model = 'm'): readonly string[] | undefined {
  return openaiChat.editDrops?.({ model, ...body }, { model, endpoint, wantUsage: false })
}

test('the vendor of the format, and whoever is not in the table, gets every byte', () => {
  const body = { max_completion_tokens: 5, seed: 1, n: 2, store: true }
  for (const endpoint of ['https://api.openai.com/v1', 'http://models.internal:9000/v1', 'no url']) {
    assert.deepEqual(edited(body, endpoint), [])
    assert.deepEqual(dropped(body, endpoint), [])
  }
})

test('a member that a server knows by another name is renamed, and that is no loss', () => {
  const body = { max_completion_tokens: 5, seed: 1 }
  assert.deepEqual(edited(body, mistral), [
    ['max_completion_tokens', undefined],
    ['max_tokens', 5],
    ['seed', undefined],
    ['random_seed', 1],
  ])
  assert.deepEqual(dropped(body, mistral), [])
})

test('where both names are there, the server’s own stays', () => {
  assert.deepEqual(edited({ max_completion_tokens: 5, max_tokens: 3 }, mistral), [
    ['max_completion_tokens', undefined],
  ])
})

test('members that a strict server does not know are left out and named, unless they ask for nothing', () => {
  const body = { store: false, user: 'u', logit_bias: {}, stream: true, future: 1 }
  assert.deepEqual(Object.fromEntries(edited(body, mistral)), {
    store: undefined,
    user: undefined,
    logit_bias: undefined,
    future: undefined,
    stream_options: undefined,
  })
  assert.deepEqual(dropped(body, mistral), ['user', 'logit_bias', 'future'])
})

test('the policy’s cap goes under the name that the server knows', () => {
  const change = { model: 'm', endpoint: mistral, wantUsage: false, maxOutputTokens: 2 }
  const edits = openaiChat.editRequest({ model: 'm', max_completion_tokens: 5 }, change)
  assert.deepEqual(
    edits.map(({ name, value }) => [name, value]),
    [
      ['max_completion_tokens', undefined],
      ['max_tokens', 2],
    ],
  )
})

test('one choice is what every server gives, two are a loss where it gives one', () => {
  assert.deepEqual(dropped({ n: 1, logprobs: true }, groq), ['logprobs'])
  assert.deepEqual(dropped({ n: 2 }, groq), ['n'])
})

test('a format that a server does not know is left out, one that it knows stays', () => {
  assert.deepEqual(dropped({ response_format: { type: 'json_schema' } }, deepSeek), ['response_format'])
  assert.deepEqual(edited({ response_format: { type: 'json_object' } }, deepSeek), [])
})

test('some models of a vendor refuse what its others take', () => {
  const body = { presence_penalty: 0, stop: ['x'] }
  assert.deepEqual(dropped(body, xai, 'grok-4.5'), ['stop'])
  assert.equal(edited(body, xai, 'grok-4.5').length, 2)
  assert.deepEqual(edited(body, xai, 'grok-2'), [])
})

const neutral: CompletionRequest = {
  model: 'x',
  stream: false,
  messages: [
    { role: 'user', content: [{ kind: 'text', text: 'hi' }] },
    {
      role: 'assistant',
      content: [
        { kind: 'reasoning', text: 'hm' },
        { kind: 'reasoning', text: 'sealed', signature: 's' },
        { kind: 'text', text: 'yes' },
      ],
    },
  ],
  tools: [],
  seed: 3,
  choices: 2,
  endUser: 'u',
  untranslated: [],
}

test('a translated request is fitted in the same way, with neutral names for what it loses', () => {
  const strict = openaiChat.encodeRequest(neutral, { model: 'm', endpoint: mistral, wantUsage: false })
  assert.equal(strict.body.random_seed, 3)
  assert.equal(strict.body.seed, undefined)
  assert.deepEqual([...strict.lost].sort(), ['endUser', 'messages.reasoning'])
  const single = openaiChat.encodeRequest(neutral, { model: 'm', endpoint: groq, wantUsage: false })
  assert.ok(single.lost.includes('choices'))
})

test('open reasoning goes back to a server that wants it, sealed reasoning to none', () => {
  const { body, lost } = openaiChat.encodeRequest(neutral, {
    model: 'deepseek-chat',
    endpoint: deepSeek,
    wantUsage: false,
  })
  assert.deepEqual(Array.isArray(body.messages) && body.messages[1], {
    role: 'assistant',
    content: 'yes',
    reasoning_content: 'hm',
  })
  assert.ok(lost.includes('messages.reasoning'))
})

test('a server is known by its host, in one’s own network by its name or its usual port', () => {
  const vendorOf = (endpoint: string) => vendorHabitsOf(endpoint)?.vendor
  assert.equal(vendorOf('https://api.together.xyz/v1'), 'Together')
  assert.equal(vendorOf('https://eu.openrouter.ai/api/v1'), 'OpenRouter')
  assert.equal(vendorOf('http://vllm.models.svc:8000/v1'), 'vLLM')
  assert.equal(vendorOf('http://localhost:11434/v1'), 'Ollama')
  assert.equal(vendorOf('http://my-llama-cpp:8080/v1'), 'llama.cpp')
  assert.equal(vendorOf('https://notapi.x.ai.example/v1'), undefined)
})

test('every host stands for one vendor', () => {
  const hosts = vendorTable.flatMap(vendor => vendor.hosts)
  assert.equal(new Set(hosts).size, hosts.length)
})

const asked = { role: 'user', content: 'x', name: 'ada' }
const thought = { role: 'assistant', content: 'y', refusal: null, reasoning_content: 'hm', annotations: [] }

test('members of messages that a strict server refuses are left out, and named where they say something', () => {
  const messages = [asked, thought]
  const fitted = [
    { role: 'user', content: 'x' },
    { role: 'assistant', content: 'y' },
  ]
  assert.deepEqual(edited({ messages }, mistral), [['messages', fitted]])
  assert.deepEqual(dropped({ messages }, mistral), ['messages.name', 'messages.reasoning_content'])
})

test('reasoning goes back under the name that the server takes, and that is no loss', () => {
  const cerebras = 'https://api.cerebras.ai/v1'
  const { reasoning_content: reasoning, ...rest } = thought
  assert.deepEqual(edited({ messages: [thought] }, cerebras), [['messages', [{ ...rest, reasoning }]]])
  assert.deepEqual(dropped({ messages: [thought] }, cerebras), [])
})

test('reasoning of another server stays behind where it is refused, and stays where it is not', () => {
  assert.deepEqual(dropped({ messages: [thought] }, groq), ['messages.reasoning_content'])
  for (const endpoint of ['https://api.openai.com/v1', deepSeek, xai]) {
    assert.deepEqual(edited({ messages: [thought] }, endpoint), [])
  }
})

test('the whole body is read only where messages have to be written anew', () => {
  const reads = (endpoint: string, message: JsonObject) =>
    openaiChat.editsContent?.({ messages: [message] }, { model: 'm', endpoint, wantUsage: false })
  assert.equal(reads(groq, thought), true)
  assert.equal(reads(groq, asked), false)
  assert.equal(reads('https://api.openai.com/v1', thought), false)
})
