// What the table says about the vendors' clients, asked of the clients themselves.
import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import Anthropic from '@anthropic-ai/sdk'
import Groq from 'groq-sdk'
import OpenAI, { AzureOpenAI, BedrockOpenAI } from 'openai'
import { chooseVariables } from './choose-variables.ts'

const before = { ...process.env }
afterEach(() => {
  process.env = { ...before }
})

/** The environment of an injected container that had these variables. */
function live(variables: Readonly<Record<string, string>> = {}): void {
  const env = Object.entries(variables).map(([name, value]) => ({ name, value }))
  for (const { name, value } of [...env, ...chooseVariables({ env }).added]) process.env[name] = value
}

test('clients are constructed without a word of the app, and call the sidecar', () => {
  live()
  assert.equal(new OpenAI().baseURL, 'http://127.0.0.1:8787/v1')
  assert.equal(new BedrockOpenAI().baseURL, 'http://127.0.0.1:8787/v1')
  assert.equal(new Anthropic().baseURL, 'http://127.0.0.1:8787')
  assert.equal(new Groq().baseURL, 'http://127.0.0.1:8787')
})

test('the client of Azure calls the sidecar from the endpoint of its environment', () => {
  live({ OPENAI_API_VERSION: '2024-10-21' })
  assert.equal(new AzureOpenAI().baseURL, 'http://127.0.0.1:8787/openai')
})

test('an app that passes its own endpoint of Azure still gets a client', () => {
  live({ AZURE_OPENAI_API_KEY: 'k', OPENAI_API_VERSION: '2024-10-21' })
  const client = new AzureOpenAI({ endpoint: 'https://mine.openai.azure.com' })
  assert.equal(client.baseURL, 'https://mine.openai.azure.com/openai')
})

test('an app that signs in to Azure with Entra ID still gets a client', () => {
  live({ OPENAI_API_VERSION: '2024-10-21', AZURE_CLIENT_ID: 'c' })
  const client = new AzureOpenAI({ azureADTokenProvider: async () => 'token' })
  assert.equal(client.baseURL, 'http://127.0.0.1:8787/openai')
})
