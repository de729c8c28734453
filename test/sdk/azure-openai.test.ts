import OpenAI, { AzureOpenAI } from 'openai'
import { openAiChat } from './support/callers/openai-chat.ts'
import { openAiResponses } from './support/callers/openai-responses.ts'
import { playScenes } from './support/play-scenes.ts'

const apiKey = 'a placeholder'
const apiVersion = '2025-04-01-preview'

playScenes(
  openAiChat('AzureOpenAI, the deployment from the model', (endpoint, options) => {
    return new AzureOpenAI({ endpoint, apiKey, apiVersion, ...options })
  }),
  'azure',
)

playScenes(
  openAiChat('AzureOpenAI, a named deployment', (endpoint, options, deployment) => {
    return new AzureOpenAI({ endpoint, apiKey, apiVersion, deployment, ...options })
  }),
  'azure',
)

playScenes(
  openAiResponses('AzureOpenAI, responses', (endpoint, options) => {
    return new AzureOpenAI({ endpoint, apiKey, apiVersion, ...options })
  }),
  'azure',
)

playScenes(
  openAiChat('openai at Azure’s v1 endpoint', (url, options) => {
    return new OpenAI({ baseURL: `${url}/openai/v1/`, apiKey, ...options })
  }),
  'azure',
)
