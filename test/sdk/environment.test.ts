// Clients that nobody configured: they find the sidecar by the variables that they read themselves, in every shape in use.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import { ChatAnthropic } from '@langchain/anthropic'
import { ChatOpenAI } from '@langchain/openai'
import { generateText } from 'ai'
import { Groq } from 'groq-sdk'
import OpenAI, { AzureOpenAI } from 'openai'
import { BedrockOpenAI } from 'openai/bedrock'
import { type EveryVendor, situations, startEveryVendor } from './support/every-vendor.ts'

let world: EveryVendor
before(async () => {
  world = await startEveryVendor()
})
after(() => world.close())

const model = situations.only('anthropic')
const content = 'What is the weather like?'
const messages = [{ role: 'user' as const, content }]
const max_tokens = 100

interface Case {
  readonly about: string
  /** `URL` stands for the address of the sidecar. */
  readonly variables: Readonly<Record<string, string>>
  ask(): Promise<string | null | undefined>
}

const askChat = async (client: OpenAI) =>
  (await client.chat.completions.create({ model, messages })).choices[0]?.message.content
const askResponses = async (client: OpenAI) =>
  (await client.responses.create({ model, input: content })).output_text
const askAnthropic = async () => {
  const message = await new Anthropic().messages.create({ model, messages, max_tokens })
  return message.content.map(part => (part.type === 'text' ? part.text : '')).join('')
}
const askGoogle = async (options: ConstructorParameters<typeof GoogleGenAI>[0]) =>
  (await new GoogleGenAI(options).models.generateContent({ model, contents: content })).text

const openAiKey = { OPENAI_API_KEY: 'a placeholder' }
const azureKey = { AZURE_OPENAI_API_KEY: 'a placeholder', OPENAI_API_VERSION: '2024-10-21' }
const anthropicKey = { ANTHROPIC_API_KEY: 'a placeholder' }
const bedrockKey = { AWS_BEARER_TOKEN_BEDROCK: 'a placeholder', AWS_REGION: 'us-east-1' }

const cases: readonly Case[] = [
  ...['URL/v1', 'URL', 'URL/openai/v1'].flatMap((address): readonly Case[] => [
    {
      about: 'openai, chat',
      variables: { ...openAiKey, OPENAI_BASE_URL: address },
      ask: () => askChat(new OpenAI()),
    },
    {
      about: 'openai, responses',
      variables: { ...openAiKey, OPENAI_BASE_URL: address },
      ask: () => askResponses(new OpenAI()),
    },
    {
      about: 'AzureOpenAI, by the variable for OpenAI',
      variables: { ...azureKey, OPENAI_BASE_URL: address, AZURE_OPENAI_ENDPOINT: 'http://127.0.0.1:1' },
      ask: () => askChat(new AzureOpenAI()),
    },
  ]),
  {
    about: 'AzureOpenAI',
    variables: { ...azureKey, AZURE_OPENAI_ENDPOINT: 'URL' },
    ask: () => askChat(new AzureOpenAI()),
  },
  {
    about: 'AzureOpenAI, responses',
    variables: { ...azureKey, OPENAI_BASE_URL: 'URL/v1' },
    ask: () => askResponses(new AzureOpenAI()),
  },
  ...['URL', 'URL/v1', 'URL/openai/v1'].map(
    (address): Case => ({
      about: 'OpenAI’s client for Bedrock',
      variables: { ...bedrockKey, AWS_BEDROCK_BASE_URL: address },
      ask: () => askChat(new BedrockOpenAI()),
    }),
  ),
  ...['URL', 'URL/anthropic'].map(
    (address): Case => ({
      about: '@anthropic-ai/sdk',
      variables: { ...anthropicKey, ANTHROPIC_BASE_URL: address },
      ask: askAnthropic,
    }),
  ),
  {
    about: 'groq-sdk',
    variables: { GROQ_API_KEY: 'a placeholder', GROQ_BASE_URL: 'URL' },
    ask: async () =>
      (await new Groq().chat.completions.create({ model, messages })).choices[0]?.message.content,
  },
  {
    about: '@google/genai',
    variables: { GOOGLE_GEMINI_BASE_URL: 'URL', GEMINI_API_KEY: 'a placeholder' },
    ask: () => askGoogle({}),
  },
  {
    about: '@google/genai, Vertex',
    variables: { GOOGLE_VERTEX_BASE_URL: 'URL', GOOGLE_API_KEY: 'a placeholder' },
    ask: () => askGoogle({ vertexai: true }),
  },
  ...['URL', 'URL/v1'].flatMap((address): readonly Case[] => [
    {
      about: 'ai with @ai-sdk/openai',
      variables: { ...openAiKey, OPENAI_BASE_URL: address },
      ask: async () => (await generateText({ model: createOpenAI()(model), prompt: content })).text,
    },
    {
      about: 'ai with @ai-sdk/anthropic',
      variables: { ...anthropicKey, ANTHROPIC_BASE_URL: address },
      ask: async () => (await generateText({ model: createAnthropic()(model), prompt: content })).text,
    },
  ]),
  {
    about: '@langchain/openai',
    variables: { ...openAiKey, OPENAI_BASE_URL: 'URL/v1' },
    ask: async () => (await new ChatOpenAI({ model }).invoke(content)).text,
  },
  {
    about: '@langchain/anthropic',
    variables: { ...anthropicKey, ANTHROPIC_BASE_URL: 'URL' },
    ask: async () => (await new ChatAnthropic({ model }).invoke(content)).text,
  },
]

for (const { about, variables, ask } of cases) {
  const told = Object.entries(variables)
    .filter(([, value]) => value.startsWith('URL'))
    .map(([name, value]) => `${name}=${value}`)
  test(`${about}: ${told.join(', ')}`, async () => {
    const before = { ...process.env }
    for (const [name, value] of Object.entries(variables)) process.env[name] = value.replace('URL', world.url)
    try {
      assert.match((await ask()) ?? '', /^Hello from simulated Anthropic/)
    } finally {
      process.env = before
    }
  })
}
