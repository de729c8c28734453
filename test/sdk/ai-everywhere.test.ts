import { createAnthropic } from '@ai-sdk/anthropic'
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
