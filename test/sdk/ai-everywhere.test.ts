import { createAmazonBedrock } from '@ai-sdk/amazon-bedrock'
import { createAnthropic } from '@ai-sdk/anthropic'
import { createAzure } from '@ai-sdk/azure'
import { createCohere } from '@ai-sdk/cohere'
import { createGoogle } from '@ai-sdk/google'
import { createMistral } from '@ai-sdk/mistral'
import { createOpenAI } from '@ai-sdk/openai'
import { aiSdk } from './support/callers/ai-sdk.ts'
import { playScenes } from './support/play-scenes.ts'

const apiKey = 'a placeholder'

playScenes(
  aiSdk('ai with @ai-sdk/openai, responses', (url, model) => {
    return createOpenAI({ baseURL: `${url}/v1`, apiKey }).responses(model)
  }),
  'openai',
)

playScenes(
  aiSdk('ai with @ai-sdk/openai, chat', (url, model) =>
    createOpenAI({ baseURL: `${url}/v1`, apiKey }).chat(model),
  ),
  'openai',
)

playScenes(
  aiSdk('ai with @ai-sdk/anthropic', (url, model) =>
    createAnthropic({ baseURL: `${url}/v1`, apiKey })(model),
  ),
  'anthropic',
)

playScenes(
  aiSdk('ai with @ai-sdk/google', (url, model) => createGoogle({ baseURL: `${url}/v1beta`, apiKey })(model)),
  'gemini',
)

playScenes(
  aiSdk('ai with @ai-sdk/azure, responses', (url, model) => {
    return createAzure({ baseURL: `${url}/openai`, apiKey })(model)
  }),
  'azure',
)

playScenes(
  aiSdk('ai with @ai-sdk/azure, chat by deployment', (url, model) => {
    return createAzure({ baseURL: `${url}/openai`, apiKey, useDeploymentBasedUrls: true }).chat(model)
  }),
  'azure',
)

playScenes(
  aiSdk('ai with @ai-sdk/amazon-bedrock', (url, model) => {
    const keys = { accessKeyId: 'a-placeholder', secretAccessKey: 'a-placeholder' }
    return createAmazonBedrock({ baseURL: url, region: 'us-east-1', ...keys })(model)
  }),
  'bedrock',
)

playScenes(
  aiSdk('ai with @ai-sdk/cohere', (url, model) => createCohere({ baseURL: `${url}/v2`, apiKey })(model)),
  'cohere',
)

playScenes(
  aiSdk('ai with @ai-sdk/mistral', (url, model) => createMistral({ baseURL: `${url}/v1`, apiKey })(model), {
    hasNoStreamUsage: true,
  }),
  'openai',
)
